/** A picture of the device in its place: made small on the phone, without what the camera wrote into the file. */
import { byId, setText } from "./dom.js";
import { number, t } from "./words.js";

const MOST_BYTES = 300_000;
const SIDES = [1280, 960, 640];
const QUALITIES = [0.8, 0.65, 0.5];

export class Photo {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Blob|null} */
    this.blob = null;
    byId("photo-file").addEventListener("change", () => this.take(byId("photo-file").files[0]));
    byId("photo-drop").addEventListener("click", () => this.put(null));
  }

  /** @param {File|undefined} file */
  async take(file) {
    if (!file) return;
    setText(byId("photo-word"), "");
    const small = await shrunk(file).catch(() => null);
    if (small) this.put(small);
    else setText(byId("photo-word"), t("register.photo_failed"));
    byId("photo-file").value = "";
  }

  /** @param {Blob|null} blob */
  put(blob) {
    this.show(blob);
    this.onChange();
  }

  /** @param {Blob|null} blob */
  show(blob) {
    const picture = byId("photo-shown");
    this.blob = blob;
    picture.hidden = byId("photo-drop").hidden = !blob;
    // A data address: the page's policy lets in no other kind that is not the server's.
    if (!blob) return void picture.removeAttribute("src");
    const reader = new FileReader();
    reader.onload = () => (picture.src = reader.result);
    reader.readAsDataURL(blob);
    setText(byId("photo-word"), t("register.photo_size", { n: number(blob.size / 1000) }));
  }
}

/** @param {Blob} file @returns {Promise<Blob>} a JPEG the server takes */
export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      /** @type {Blob|null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (blob && blob.size <= MOST_BYTES) return blob;
    }
  }
  throw new Error("no size is small enough");
}
