/** What waits for an officer, in words; for the list and for the one line of the desk. */
import { ask } from "./api.js";
import { number, t } from "./words.js";

/** @typedef {{kind: string, n: number, since_at: string|null, address: string}} Need */

/** @returns {Promise<Need[]|null>} null: not to be had now */
export async function askNeeds() {
  const { status, data } = await ask("needs");
  return status === 200 ? data.items : null;
}

/** @param {Need} need */
export const needWords = ({ kind, n }) => t(`needs.kind.${kind}`, { n: number(n) });
