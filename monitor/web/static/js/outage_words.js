/** How an outage is said: how many, by what cause, in how many groups, and how many are back. */
import { number, t } from "./words.js";

/** @typedef {import("./types.js").Outage} Outage */

/** "40 mắt": eyes alone are counted as eyes, else all of them as devices.
 * @param {Outage} outage */
const countOf = ({ devices, eyes }) =>
  eyes === devices ? t("outage.eyes", { n: number(eyes) }) : t("outage.devices", { n: number(devices) });

/** "40 mắt – tuyến LT-2 (8 tổ)".
 * @param {Outage} outage */
export function outageName(outage) {
  const groups = outage.groups > 1 ? ` (${t("outage.groups", { n: number(outage.groups) })})` : "";
  return `${countOf(outage)} – ${causeOf(outage)}${groups}`;
}

/** "Đã khôi phục 12/40 mắt". @param {Outage} outage */
export const restoredOf = (outage) =>
  t("outage.restored", { n: number(outage.devices - outage.down), what: countOf(outage) });

/** What an account may not know the name of is only said to be one.
 * @param {Outage} outage */
export const causeOf = ({ cause, name }) => (name === null ? t("outage.one_cause") : t(`outage.cause.${cause}`, { name }));

/** What it may come from; once some are back, how many.
 * @param {Outage} outage */
export function outageFacts(outage) {
  return [outage.down < outage.devices ? restoredOf(outage) : "", t(`outage.suggests.${outage.cause}`)].filter(Boolean);
}
