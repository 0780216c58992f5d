/** The list of incidents, kept fresh as they open, go on and end. */
import { page } from "./page.js";
import { Keys } from "./keys.js";
import { fillTimes, refreshParts } from "./parts.js";
import { toggleTheme } from "./theme.js";

async function refresh() {
  if (await refreshParts()) fillTimes();
}

page.onEvent("incident", () => void refresh());
page.onEvent("snapshot", () => void refresh());
page.onEvent("resync", () => void refresh());
new Keys({ KeyT: toggleTheme, Escape: () => location.assign("/") });
fillTimes();
