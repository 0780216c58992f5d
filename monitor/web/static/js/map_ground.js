/** What lies below the devices: the post's own base of roads and water, and the groups with their names. */

/** @typedef {{colours: Record<string, string>, isWall: boolean}} Look */

export class MapGround {
  /** @param {import("./map_model.js").MapModel} model @param {Set<string>} off */
  constructor(model, off) {
    this.model = model;
    this.off = off;
    /** @type {import("./map_base.js").Base} */
    this.base = [];
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look */
  paint(pen, frame, look) {
    pen.fillStyle = look.colours.land;
    pen.fillRect(0, 0, frame.width, frame.height);
    this.paintBase(pen, frame, look);
    if (!this.off.has("groups")) this.paintGroups(pen, frame, look);
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look */
  paintBase(pen, frame, { colours }) {
    pen.lineJoin = "round";
    for (const { path, kind } of this.base) {
      pen.save();
      pen.translate(frame.width / 2, frame.height / 2);
      pen.scale(frame.scale, frame.scale);
      pen.translate(-frame.x, -frame.y);
      pen.lineWidth = Math.max(kind === "road" ? 14 : 6, 1.5 / frame.scale);
      pen.strokeStyle = kind === "border" ? colours.strong : colours.line;
      pen.fillStyle = colours.ground;
      if (kind === "water" || kind === "area") pen.fill(path);
      pen.stroke(path);
      pen.restore();
    }
  }

  /** Soft ground under what belongs together: as far as its devices reach, and a little further.
   * @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look */
  paintGroups(pen, frame, look) {
    const wide = Math.min(Math.max(260 * frame.scale, 10), look.isWall ? 90 : 44);
    pen.lineJoin = "round";
    for (const [more, colour] of /** @type {[number, string][]} */ ([[3, look.colours.line], [0, look.colours.raised]])) {
      pen.strokeStyle = pen.fillStyle = colour;
      pen.lineWidth = wide + more;
      for (const { hull } of this.model.groups) {
        pen.beginPath();
        hull.forEach(([x, y], n) => (n ? pen.lineTo(frame.left(x), frame.top(y)) : pen.moveTo(frame.left(x), frame.top(y))));
        pen.closePath();
        pen.stroke();
        pen.fill();
      }
    }
    this.paintNames(pen, frame, look, wide / 2);
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look
   * @param {number} above  pixels from the topmost device of the group */
  paintNames(pen, frame, { colours, isWall }, above) {
    pen.fillStyle = colours.text2;
    pen.font = `500 ${isWall ? 30 : 15}px Inter, sans-serif`;
    pen.textAlign = "center";
    /** @type {[number, number, number][]} names do not lie over each other */
    const taken = [];
    for (const { name, x, y } of this.model.groups) {
      const [left, top, half] = [frame.left(x), frame.top(y) - above - 6, pen.measureText(name).width / 2 + 6];
      const gap = isWall ? 36 : 20;
      if (taken.some(([l, u, h]) => Math.abs(l - left) < h + half && Math.abs(u - top) < gap)) continue;
      taken.push([left, top, half]);
      pen.fillText(name, left, top);
    }
  }
}
