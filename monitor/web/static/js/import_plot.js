/**
 * Where the rows of a list would stand: a sketch in metres around the points of their groups, north up. Drawn here, from
 * the post's own figures; no map is asked of anybody.
 */
import { byId, made, setText } from "./dom.js";
import { number, t } from "./words.js";

const METRES_A_DEGREE = 111_195;
const EDGE_PX = 28;
const LEAST_M = 300;
const NEAR_PX = 14;
const ROUND_M = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** @typedef {{latitude: number, longitude: number}} At */
/** @typedef {{rows: (At & {row: number, bin: string})[], groups: (At & {id: string, name: string})[], without_position: number, outside_m: number}} Places */

export class Plot {
  /** @param {(row: number) => void} onRow  a point was pressed */
  constructor(onRow) {
    this.onRow = onRow;
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("plot-canvas"));
    /** @type {Places|null} */
    this.places = null;
    /** @type {((at: At) => void)|null} */
    this.onPick = null;
    /** How many stood outside when it was last shown: news opens the sketch. */
    this.outside = 0;
    this.canvas.addEventListener("click", (event) => this.press(event));
    byId("plot-stop").addEventListener("click", () => this.pick(null, ""));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** @param {Places} places */
  show(places) {
    this.places = places;
    const hasAny = places.rows.length > 0 || places.groups.length > 0;
    byId("plot").hidden = !hasAny;
    if (!hasAny) return;
    const far = places.rows.filter((row) => this.distance(row) > places.outside_m).sort((a, b) => this.distance(b) - this.distance(a));
    const told = { n: number(places.rows.length), k: number(places.without_position), m: number(far.length), r: number(places.outside_m / 1000) };
    setText(byId("plot-word"), t(places.rows.length ? "import.map_word" : "import.map_none", told));
    if (far.length > this.outside) byId("plot").open = true;
    this.outside = far.length;
    byId("plot-far").replaceChildren(...far.slice(0, 8).map((row) => this.farLine(row)));
    this.draw();
  }

  /** @param {At & {row: number}} row */
  farLine(row) {
    const line = document.createElement("li");
    const button = made("button", t("import.map_far", { row: row.row, n: number(this.distance(row)) }), "link");
    button.setAttribute("type", "button");
    button.addEventListener("click", () => this.onRow(row.row));
    line.append(button);
    return line;
  }

  /** Metres to the nearest group of the list.
   * @param {At} at */
  distance(at) {
    const all = (this.places?.groups ?? []).map((group) => metres(group, at));
    return all.length ? Math.round(Math.min(...all)) : 0;
  }

  /** Lets a place be chosen by a press on the sketch; null: no longer.
   * @param {((at: At) => void)|null} onPick @param {string} word */
  pick(onPick, word) {
    this.onPick = onPick;
    byId("plot-pick").hidden = !onPick;
    setText(byId("plot-pick-word"), word);
    this.canvas.classList.toggle("picking", Boolean(onPick));
    if (!onPick) return;
    byId("plot").open = true;
    byId("plot").scrollIntoView({ block: "center" });
  }

  /** The frame: what is drawn of the world. Points far away do not shrink the rest to a dot while one picks. */
  frame() {
    const { rows, groups } = /** @type {Places} */ (this.places);
    const all = [...groups, ...(this.onPick ? [] : rows)];
    const points = all.length ? all : rows;
    const [south, north] = ends(points.map(({ latitude }) => latitude));
    const [west, east] = ends(points.map(({ longitude }) => longitude));
    const middle = { latitude: (south + north) / 2, longitude: (west + east) / 2 };
    const shrink = Math.cos((middle.latitude * Math.PI) / 180);
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    const wide = Math.max(LEAST_M, (east - west) * METRES_A_DEGREE * shrink);
    const high = Math.max(LEAST_M, (north - south) * METRES_A_DEGREE);
    const scale = Math.min((width - 2 * EDGE_PX) / wide, (height - 2 * EDGE_PX) / high);
    return { middle, shrink, width, height, scale };
  }

  /** @param {At} at @returns {[number, number]} */
  toScreen(at, { middle, shrink, width, height, scale } = this.frame()) {
    const x = (at.longitude - middle.longitude) * METRES_A_DEGREE * shrink * scale;
    return [width / 2 + x, height / 2 - (at.latitude - middle.latitude) * METRES_A_DEGREE * scale];
  }

  /** @param {MouseEvent} event */
  press(event) {
    if (!this.places) return;
    const frame = this.frame();
    if (this.onPick) {
      const east = (event.offsetX - frame.width / 2) / frame.scale;
      const north = (frame.height / 2 - event.offsetY) / frame.scale;
      const at = {
        latitude: frame.middle.latitude + north / METRES_A_DEGREE,
        longitude: frame.middle.longitude + east / (METRES_A_DEGREE * frame.shrink),
      };
      const use = this.onPick;
      this.pick(null, "");
      return use(at);
    }
    const near = this.places.rows.map((row) => {
      const [x, y] = this.toScreen(row, frame);
      return { row: row.row, far: Math.hypot(x - event.offsetX, y - event.offsetY) };
    });
    const nearest = near.sort((a, b) => a.far - b.far)[0];
    if (nearest && nearest.far < NEAR_PX) this.onRow(nearest.row);
  }

  draw() {
    const { canvas, places } = this;
    const pen = canvas.getContext("2d");
    if (!places || !pen || !canvas.clientWidth) return;
    const frame = this.frame();
    const ratio = devicePixelRatio || 1;
    canvas.width = frame.width * ratio;
    canvas.height = frame.height * ratio;
    pen.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    /** @param {string} name */
    const colour = (name) => style.getPropertyValue(name).trim();
    pen.font = `14px ${style.fontFamily}`;
    this.drawGroups(pen, frame, colour);
    this.drawRows(pen, frame, colour);
    drawScale(pen, frame, colour("--text-2"));
  }

  /** @param {CanvasRenderingContext2D} pen @param {any} frame @param {(name: string) => string} colour */
  drawGroups(pen, frame, colour) {
    const { groups, outside_m } = /** @type {Places} */ (this.places);
    for (const group of groups) {
      const [x, y] = this.toScreen(group, frame);
      pen.strokeStyle = colour("--line-strong");
      pen.setLineDash([5, 5]);
      pen.beginPath();
      pen.arc(x, y, outside_m * frame.scale, 0, 2 * Math.PI);
      if (groups.length === 1) pen.stroke();
      pen.setLineDash([]);
      pen.strokeStyle = colour("--text");
      pen.lineWidth = 2;
      pen.strokeRect(x - 6, y - 6, 12, 12);
      pen.lineWidth = 1;
      pen.fillStyle = colour("--text-2");
      pen.textAlign = "center";
      if (groups.length <= 12) pen.fillText(group.name, x, y + 24, frame.width / 2);
      pen.textAlign = "start";
    }
  }

  /** @param {CanvasRenderingContext2D} pen @param {any} frame @param {(name: string) => string} colour */
  drawRows(pen, frame, colour) {
    const { rows, outside_m } = /** @type {Places} */ (this.places);
    for (const row of rows) {
      const [x, y] = this.toScreen(row, frame);
      const isFar = this.distance(row) > outside_m;
      pen.beginPath();
      if (isFar) {
        pen.moveTo(x, y - 9);
        for (const [dx, dy] of [[9, 0], [0, 9], [-9, 0]]) pen.lineTo(x + dx, y + dy);
        pen.closePath();
      } else pen.arc(x, y, 5, 0, 2 * Math.PI);
      pen.fillStyle = colour(isFar ? "--raised" : "--accent");
      pen.strokeStyle = colour(isFar ? "--text" : "--raised");
      pen.lineWidth = isFar ? 3 : 1.5;
      pen.fill();
      pen.stroke();
      pen.lineWidth = 1;
      pen.fillStyle = colour("--text");
      if (isFar || rows.length <= 20) pen.fillText(String(row.row), x + 12, y - 6);
    }
  }
}

/** @param {CanvasRenderingContext2D} pen @param {any} frame @param {string} colour */
function drawScale(pen, frame, colour) {
  const metres = ROUND_M.filter((each) => each * frame.scale < frame.width / 3).pop() ?? ROUND_M[0];
  const length = metres * frame.scale;
  const y = frame.height - 12;
  pen.strokeStyle = pen.fillStyle = colour;
  pen.beginPath();
  for (const [x, dy] of [[12, -5], [12, 0], [12 + length, 0], [12 + length, -5]]) pen.lineTo(x, y + dy);
  pen.stroke();
  pen.fillText(metres < 1000 ? `${metres} m` : `${metres / 1000} km`, 20 + length, y + 2);
}

/** @param {number[]} values @returns {[number, number]} */
const ends = (values) => [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];

/** @param {At} one @param {At} other */
function metres(one, other) {
  const shrink = Math.cos((one.latitude * Math.PI) / 180);
  const north = other.latitude - one.latitude;
  return Math.hypot(north, (other.longitude - one.longitude) * shrink) * METRES_A_DEGREE;
}
