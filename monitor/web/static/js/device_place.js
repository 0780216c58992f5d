/** The sketch of a device's place: what stands around it, and which way an eye looks. North is up. */
import { drawSketch } from "./register_sketch.js";

const NS = "http://www.w3.org/2000/svg";
const HALF_ANGLE = 28;
const REACH = 58;

/** @param {{latitude: number|null, longitude: number, bearing_deg: number|null}} device */
export function drawPlace({ latitude, longitude, bearing_deg: bearing }) {
  const sketch = /** @type {any} */ (document.getElementById("sketch"));
  if (!sketch || latitude === null) return;
  drawSketch(sketch, { latitude, longitude, accuracy: 0 }, JSON.parse(sketch.dataset.around));
  if (bearing === null) return;
  const { width, height } = sketch.getBoundingClientRect();
  const [x, y] = [width / 2, height / 2 + 8];
  const [x1, y1] = at(bearing - HALF_ANGLE);
  const [x2, y2] = at(bearing + HALF_ANGLE);
  const cone = document.createElementNS(NS, "path");
  cone.setAttribute("class", "cone");
  cone.setAttribute("d", `M${x} ${y}L${x + x1} ${y + y1}A${REACH} ${REACH} 0 0 1 ${x + x2} ${y + y2}Z`);
  sketch.prepend(cone);
}

/** @param {number} degrees  clockwise from north */
function at(degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [REACH * Math.sin(angle), -REACH * Math.cos(angle)];
}
