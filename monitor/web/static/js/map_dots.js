/** Thousands of squares of one colour each, written as pixels and laid over a picture at once: no order for each to the canvas. */

export class Dots {
  constructor() {
    this.pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    /** @type {Map<string, number>} a colour as the canvas keeps it */
    this.colours = new Map();
  }

  /** @param {HTMLCanvasElement} canvas  what they will be laid over */
  begin({ width, height }) {
    if (this.image.width === width && this.image.height === height) return void this.pixels.fill(0);
    Object.assign(this.pen.canvas, { width, height });
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** @param {string} colour */
  pixelOf(colour) {
    let pixel = this.colours.get(colour);
    if (pixel !== undefined) return pixel;
    const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    pixel = new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0];
    this.colours.set(colour, pixel);
    return pixel;
  }

  /** @param {number} left @param {number} top @param {number} side @param {number} pixel */
  square(left, top, side, pixel) {
    const { pixels } = this;
    const { width, height } = this.image;
    const from = Math.max(left, 0);
    const to = Math.min(left + side, width);
    const end = Math.min(top + side, height);
    for (let y = Math.max(top, 0); y < end; y += 1) {
      for (let at = y * width + from; at < y * width + to; at += 1) pixels[at] = pixel;
    }
  }

  /** @param {CanvasRenderingContext2D} pen */
  end(pen) {
    this.pen.putImageData(this.image, 0, 0);
    pen.drawImage(this.pen.canvas, 0, 0);
  }
}
