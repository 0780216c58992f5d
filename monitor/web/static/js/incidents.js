/** The list of incidents, kept fresh as they open, go on and end. */
import { page } from "./page.js";
import { Keys } from "./keys.js";
import { fillTimes, keptFresh } from "./parts.js";
import { toggleTheme } from "./theme.js";

const refresh = keptFresh(fillTimes);

page.onEvent("incident", () => void refresh());
new Keys({ KeyT: toggleTheme, Escape: () => location.assign("/") });
fillTimes();
