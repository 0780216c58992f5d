/** How the state of a device is said. */
import { t } from "./words.js";

/** One that was heard before and of which nothing is known now is not one that never came.
 * @param {string} state @param {unknown} lastSeenAt  null: never */
export const stateWords = (state, lastSeenAt) =>
  state === "UNKNOWN" && lastSeenAt ? t("device.unclear") : t(`device.state.${state}`);
