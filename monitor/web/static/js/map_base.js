/** The post's own base of the map: GeoJSON lines and areas, read once into paths in metres of the map. */
import { ask } from "./api.js";
import { xOf, yOf } from "./map_model.js";

/** @typedef {{path: Path2D, kind: string}[]} Base  `kind`: main_road, road, water, border or area */

const KINDS = new Set(["main_road", "road", "water", "border", "area"]);

/** @returns {Promise<Base>} */
export async function readBase() {
  const { status, data } = await ask("map/base");
  if (status !== 200 || !Array.isArray(data?.features)) return [];
  return data.features.flatMap((/** @type {any} */ feature) => {
    const said = String(feature.properties?.kind);
    const kind = KINDS.has(said) ? said : "area";
    const path = new Path2D();
    for (const line of linesOf(feature.geometry)) draw(path, line);
    return [{ path, kind }];
  });
}

/** @param {any} geometry @returns {[number, number][][]} */
function linesOf(geometry) {
  const { type, coordinates } = geometry ?? {};
  if (type === "LineString") return [coordinates];
  if (type === "Polygon" || type === "MultiLineString") return coordinates;
  if (type === "MultiPolygon") return coordinates.flat();
  return [];
}

/** @param {Path2D} path @param {[number, number][]} line */
function draw(path, line) {
  line.forEach(([longitude, latitude], n) => {
    if (n) path.lineTo(xOf(longitude), yOf(latitude));
    else path.moveTo(xOf(longitude), yOf(latitude));
  });
}
