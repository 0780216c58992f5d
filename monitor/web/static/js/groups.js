/** The pages of areas: they come complete from the server, as they are printed. */
import "./page.js";
import { byId } from "./dom.js";

byId("print").addEventListener("click", () => print());
