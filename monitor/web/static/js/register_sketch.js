/** A sketch of the place: where the phone is, how far off that may be, what is registered there. North is up. */

const NS = "http://www.w3.org/2000/svg";
const METRES_A_DEGREE = 111_195;
const LARGEST_SCALE = 1.2; // pixels a metre
const TWIN_M = 15;
const BARS_M = [20, 50, 100, 200, 500, 1000];

/**
 * @param {SVGElement} svg
 * @param {{latitude: number, longitude: number, accuracy: number}|null} fix
 * @param {{class: string, is_high_mast: boolean, at: {latitude: number, longitude: number}}[]} around
 */
export function drawSketch(svg, fix, around) {
  svg.replaceChildren();
  if (!fix) return;
  const { width, height } = svg.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const scale = Math.min(LARGEST_SCALE, (height * 0.42) / Math.max(fix.accuracy, 1));
  const middle = { x: width / 2, y: height / 2 + 8 };
  for (const metres of [TWIN_M, 50, 100, 200, 400]) {
    if (metres * scale > 12) add(svg, "circle", { cx: middle.x, cy: middle.y, r: metres * scale, class: "ring" });
  }
  add(svg, "circle", { cx: middle.x, cy: middle.y, r: fix.accuracy * scale, class: "error" });
  for (const device of around) {
    const north = (device.at.latitude - fix.latitude) * METRES_A_DEGREE;
    const east = (device.at.longitude - fix.longitude) * METRES_A_DEGREE * Math.cos((fix.latitude * Math.PI) / 180);
    mark(svg, device, middle.x + east * scale, middle.y - north * scale);
  }
  const { x, y } = middle;
  add(svg, "path", { d: `M${x} ${y}c11-13 17-21 17-29a17 17 0 0 0-34 0c0 8 6 16 17 29z`, class: "here" });
  add(svg, "circle", { cx: x, cy: y - 29, r: 6, class: "eye" });
  bar(svg, scale, width - 14, height - 14);
}

/** @param {SVGElement} svg @param {{class: string, is_high_mast: boolean}} device @param {number} x @param {number} y */
function mark(svg, device, x, y) {
  if (device.is_high_mast) {
    add(svg, "circle", { cx: x, cy: y, r: 8, class: "device open" });
    add(svg, "circle", { cx: x, cy: y, r: 3, class: "device" });
  } else if (device.class === "bell") {
    add(svg, "rect", { x: x - 5, y: y - 5, width: 10, height: 10, rx: 2, class: "device open" });
  } else add(svg, "circle", { cx: x, cy: y, r: 5, class: "device" });
}

/** @param {SVGElement} svg @param {number} scale @param {number} right @param {number} bottom */
function bar(svg, scale, right, bottom) {
  const metres = BARS_M.find((each) => each * scale >= 34) ?? 1000;
  add(svg, "path", { d: `M${right - metres * scale} ${bottom - 5}v5H${right}v-5`, class: "bar" });
  add(svg, "text", { x: right, y: bottom - 10, "text-anchor": "end" }).textContent = `${metres} m`;
}

/** @param {SVGElement} svg @param {string} tag @param {Record<string, string|number>} values */
function add(svg, tag, values) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
  return svg.appendChild(node);
}
