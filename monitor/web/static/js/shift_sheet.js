/** One shift, to print. */
import "./page.js";
import { byId } from "./dom.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";

byId("print").addEventListener("click", () => print());
new Keys({ KeyP: () => print(), KeyT: toggleTheme });
