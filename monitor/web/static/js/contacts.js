/** Contacts are masked until somebody asks, and who asked is written down. */
import { ask } from "./api.js";
import { made } from "./dom.js";

/** @param {HTMLElement} place  with the holder and its id; its `ul` is filled, the button goes
 * @returns {Promise<{status: number, data: any}>} */
export async function reveal(place) {
  const answer = await ask(`people/${place.dataset.holder}/${place.dataset.id}/contacts`, {});
  if (answer.status !== 200) return answer;
  const lines = answer.data.contacts.map((/** @type {any} */ contact) => {
    const line = made("li", "", "figure");
    const number = made("a", contact.value);
    number.setAttribute("href", `tel:${contact.value.replace(/[^+\d]/g, "")}`);
    line.append(contact.kind === "email" ? contact.value : number, contact.name ? ` · ${contact.name}` : "");
    return line;
  });
  place.querySelector("ul")?.replaceChildren(...lines);
  place.querySelector("[data-act=reveal]")?.remove();
  place.dataset.revealed = "";
  return answer;
}
