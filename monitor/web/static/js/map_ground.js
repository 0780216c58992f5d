/** What lies below the devices: the post's own base of roads and water, and the groups with their names. */

/** @typedef {{colours: Record<string, string>, isWall: boolean}} Look */

/** How wide in metres, but at least and at most so many pixels. @type {Record<string, {metres: number, least: number, most: number, colour: string, fill?: string}>} */
const GROUND = {
  area: { metres: 6, least: 1.5, most: 3, colour: "line", fill: "ground" },
  border: { metres: 6, least: 1.5, most: 2.5, colour: "strong" },
  water: { metres: 1, least: 1, most: 1, colour: "water", fill: "water" },
  road: { metres: 9, least: 1.5, most: 14, colour: "road" },
  main_road: { metres: 22, least: 3.5, most: 26, colour: "road" },
};

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
    const isShown = !this.off.has("groups");
    this.paintBase(pen, frame, look, ["area", "border"]);
    if (isShown) this.paintGroups(pen, frame, look);
    this.paintBase(pen, frame, look, ["water", "road", "main_road"]);
    if (isShown) this.paintNames(pen, frame, look);
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look
   * @param {string[]} kinds  the lowest first */
  paintBase(pen, frame, { colours, isWall }, kinds) {
    pen.save();
    pen.lineJoin = pen.lineCap = "round";
    pen.translate(frame.width / 2, frame.height / 2);
    pen.scale(frame.scale, frame.scale);
    pen.translate(-frame.x, -frame.y);
    const px = (isWall ? 1.6 : 1) / frame.scale;
    for (const [kind, { metres, least, most, colour, fill }] of kinds.map((kind) => /** @type {const} */ ([kind, GROUND[kind]]))) {
      pen.lineWidth = Math.min(Math.max(metres, least * px), most * px);
      pen.setLineDash(kind === "border" ? [9 * px, 7 * px] : []);
      pen.strokeStyle = colours[colour];
      pen.fillStyle = colours[fill ?? colour];
      for (const { path } of this.base.filter((one) => one.kind === kind)) {
        if (fill) pen.fill(path);
        pen.stroke(path);
      }
    }
    pen.restore();
  }

  /** Soft ground under what belongs together: as far as its devices reach, and a little further.
   * @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look */
  paintGroups(pen, frame, look) {
    const wide = aroundOf(frame, look);
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
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("./map_window.js").MapWindow} frame @param {Look} look */
  paintNames(pen, frame, look) {
    const { colours, isWall } = look;
    const above = aroundOf(frame, look) / 2;
    pen.strokeStyle = colours.land;
    pen.lineWidth = isWall ? 7 : 4;
    pen.lineJoin = "round";
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
      pen.strokeText(name, left, top); // so that no road runs through it
      pen.fillText(name, left, top);
    }
  }
}

/** How wide the ground of a group reaches around its devices, in pixels. @param {import("./map_window.js").MapWindow} frame @param {Look} look */
const aroundOf = (frame, { isWall }) => Math.min(Math.max(260 * frame.scale, 10), isWall ? 90 : 44);
