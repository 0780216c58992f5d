/** The serial number from its QR or bar code, where the browser can read them. */
import { byId } from "./dom.js";

const EVERY_MS = 200;
const FORMATS = ["qr_code", "code_128", "code_39", "data_matrix"];

/** @param {(text: string) => void} onText */
export function openScanner(onText) {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (!Detector || !navigator.mediaDevices) return;
  const dialog = byId("scan");
  const video = byId("scan-video");
  byId("scan-open").hidden = false;
  byId("scan-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => stop(video));
  byId("scan-open").addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      dialog.showModal();
      await video.play();
      look(new Detector({ formats: FORMATS }), video, (text) => {
        dialog.close();
        onText(text);
      });
    } catch {
      dialog.close();
      byId("serial").focus();
    }
  });
}

/** @param {any} detector @param {HTMLVideoElement} video @param {(text: string) => void} onText */
async function look(detector, video, onText) {
  if (!video.srcObject) return;
  const [code] = await detector.detect(video).catch(() => []);
  if (code?.rawValue) onText(code.rawValue.trim().slice(0, 100));
  else setTimeout(() => look(detector, video, onText), EVERY_MS);
}

/** @param {HTMLVideoElement} video */
function stop(video) {
  for (const track of /** @type {MediaStream|null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
