/** The marks of the map, drawn once for every look: a state is a shape before it is a shade. */

const WORKING = new Set(["ONLINE", "LATE"]);

/** @typedef {{size: number, ratio: number, colours: Record<string, string>}} Look */

/** @param {Look} look @param {string} mark @param {string} state @returns {HTMLCanvasElement} */
export function markOf(look, mark, state) {
  const { size, ratio } = look;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(size * ratio);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale((size / 24) * ratio, (size / 24) * ratio);
  pen.lineWidth = 2.2;
  const isWell = WORKING.has(state);
  pen.strokeStyle = pen.fillStyle = isWell ? look.colours.device : look.colours.off;
  if (mark === "bell") square(pen);
  else if (mark === "mast") mast(pen);
  else if (mark === "siren") siren(pen);
  else if (mark === "other") cross(pen);
  else circle(pen, state === "UNKNOWN" || state === "MAINTENANCE" ? 5.2 : 5, isWell);
  if (state === "UNKNOWN") dotted(pen, look);
  else if (!isWell) slash(pen, look);
  return canvas;
}

/** @param {CanvasRenderingContext2D} pen @param {number} radius @param {boolean} isFull */
function circle(pen, radius, isFull) {
  pen.beginPath();
  pen.arc(12, 12, radius, 0, 7);
  if (isFull) pen.fill();
  else pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen */
function square(pen) {
  pen.strokeRect(6.5, 6.5, 11, 11);
}

/** @param {CanvasRenderingContext2D} pen */
function mast(pen) {
  circle(pen, 8, false);
  circle(pen, 3.4, true);
}

/** @param {CanvasRenderingContext2D} pen */
function siren(pen) {
  pen.strokeRect(6.5, 6.5, 11, 11);
  pen.fillRect(10, 10, 4, 4);
}

/** @param {CanvasRenderingContext2D} pen */
function cross(pen) {
  pen.fillRect(10.8, 7, 2.4, 10);
  pen.fillRect(7, 10.8, 10, 2.4);
}

/** What is not heard: a stroke through it, on the page's own ground so that it is seen. @param {CanvasRenderingContext2D} pen @param {Look} look */
function slash(pen, look) {
  for (const [width, colour] of /** @type {[number, string][]} */ ([[5, look.colours.ground], [2.4, look.colours.off]])) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.beginPath();
    pen.moveTo(4, 20);
    pen.lineTo(20, 4);
    pen.stroke();
  }
}

/** Never heard, or nobody knows: an edge of dots. @param {CanvasRenderingContext2D} pen @param {Look} look */
function dotted(pen, look) {
  pen.globalCompositeOperation = "destination-out";
  pen.lineWidth = 4;
  pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.arc(12, 12, 7, 0, 7);
  pen.stroke();
  pen.globalCompositeOperation = "source-over";
  pen.strokeStyle = look.colours.off;
}

const OUTLINES = {
  1: [[50, 3], [97, 50], [50, 97], [3, 50]],
  2: [[50, 7], [97, 92], [3, 92]],
  3: [[9, 9], [91, 9], [91, 91], [9, 91]],
  dt: [[27, 12], [98, 12], [73, 88], [2, 88]],
}; // prettier-ignore
const BASELINES = { 1: 67, 2: 82, 3: 68, dt: 64 };

/** The sign of an alarm, as the queue has it. @param {Look} look @param {number|string} priority @param {boolean} isFull */
export function signOf(look, priority, isFull) {
  const { size, ratio, colours } = look;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(size * ratio);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale((size / 100) * ratio, (size / 100) * ratio);
  const points = /** @type {any} */ (OUTLINES)[priority] ?? OUTLINES[3];
  pen.beginPath();
  points.forEach(([x, y], /** @type {number} */ n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fillStyle = isFull ? colours[`p${priority}`] : colours.ground;
  pen.fill();
  pen.lineWidth = isFull ? 8 : 15;
  pen.strokeStyle = colours.edge;
  pen.stroke();
  if (!isFull) outline(pen, colours[`p${priority}line`]);
  pen.fillStyle = isFull ? colours[`p${priority}ink`] : colours.text;
  pen.font = `700 ${priority === "dt" ? 40 : 48}px Inter, sans-serif`;
  pen.textAlign = "center";
  pen.fillText(String(priority).toUpperCase(), 50, /** @type {any} */ (BASELINES)[priority] ?? 68);
  return canvas;
}

/** Taken over: its colour is a line, which by day has an edge on both sides. @param {CanvasRenderingContext2D} pen @param {string} colour */
function outline(pen, colour) {
  pen.lineWidth = 9;
  pen.strokeStyle = colour;
  pen.stroke();
}
