/** A part of the map as a rectangle of pixels: where a place lies in it, and which places lie in it. */

export class MapWindow {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.scale = 0.1; // pixels a metre of the map
    this.width = 1;
    this.height = 1;
  }

  /** @param {number} x */
  left(x) {
    return (x - this.x) * this.scale + this.width / 2;
  }

  /** @param {number} y */
  top(y) {
    return (y - this.y) * this.scale + this.height / 2;
  }

  /** In metres of the map. @param {number} edge  pixels more on each side */
  box(edge) {
    const [wide, high] = [(this.width / 2 + edge) / this.scale, (this.height / 2 + edge) / this.scale];
    return { left: this.x - wide, right: this.x + wide, top: this.y - high, bottom: this.y + high };
  }
}
