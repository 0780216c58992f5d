/** How an outage is said: how many, by what cause, in how many groups, and how many are back. */
import { number, t } from "./words.js";

/** @typedef {import("./types.js").Outage} Outage */

/** "40 mắt – tuyến LT-2": eyes alone are counted as eyes, else all of them as devices.
 * @param {Outage} outage */
export function outageName(outage) {
  const { devices, eyes } = outage;
  const count = eyes === devices ? t("outage.eyes", { n: number(eyes) }) : t("outage.devices", { n: number(devices) });
  return `${count} – ${causeOf(outage)}`;
}

/** What an account may not know the name of is only said to be one.
 * @param {Outage} outage */
const causeOf = ({ cause, name }) => (name === null ? t("outage.one_cause") : t(`outage.cause.${cause}`, { name }));

/** Where it is, what it may come from; once some are back, how many.
 * @param {Outage} outage */
export function outageFacts(outage) {
  const { devices, down, groups, cause } = outage;
  return [
    down < devices ? t("outage.restored", { n: number(devices - down), m: number(devices) }) : "",
    groups > 1 ? t("outage.groups", { n: number(groups) }) : "",
    t(`outage.suggests.${cause}`),
  ].filter(Boolean);
}
