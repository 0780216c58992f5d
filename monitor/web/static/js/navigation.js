/** The top bar's ways elsewhere: the menu of a narrow screen, and the language, which changes where one stands. */
import { byId, setAttribute } from "./dom.js";
import { like } from "./liking.js";

export function openNavigation() {
  const menu = byId("menu");
  const bar = menu.closest(".top");
  menu.addEventListener("click", () => {
    const isOpen = bar.classList.toggle("open");
    setAttribute(menu, "aria-expanded", String(isOpen));
  });
  const more = byId("nav-more");
  document.addEventListener("click", ({ target }) => {
    if (!more.contains(target)) more.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
  const language = byId("language");
  language.addEventListener("click", () => {
    void like({ language: language.hreflang });
    // What was searched or chosen meanwhile stands in the address.
    const here = new URL(location.href);
    here.searchParams.set("lang", language.hreflang);
    language.href = here.pathname + here.search + here.hash;
  });
}
