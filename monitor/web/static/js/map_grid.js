/** Points by the square they lie in: who is near a place is found without asking all 20,000. */

const A_SQUARE = 8; // points, about

export class Grid {
  /** @param {Float64Array} x @param {Float64Array} y */
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.box = boundsOf(x, y);
    const [wide, high] = [this.box.right - this.box.left || 1, this.box.bottom - this.box.top || 1];
    this.side = Math.max(Math.sqrt((wide * high * A_SQUARE) / (x.length || 1)), Math.max(wide, high) / 500) || 1;
    this.columns = Math.floor(wide / this.side) + 1;
    this.rows = Math.floor(high / this.side) + 1;
    this.starts = new Int32Array(this.columns * this.rows + 1);
    this.points = new Int32Array(x.length);
    this.fill();
  }

  /** Counted first, then laid one behind the other: two passes, and no list for each square. */
  fill() {
    const squares = Int32Array.from(this.x, (x, at) => this.row(this.y[at]) * this.columns + this.column(x));
    for (const square of squares) this.starts[square + 1] += 1;
    for (let n = 1; n < this.starts.length; n += 1) this.starts[n] += this.starts[n - 1];
    const next = this.starts.slice();
    squares.forEach((square, at) => (this.points[next[square]++] = at));
  }

  /** @param {number} x */
  column(x) {
    return Math.min(Math.max(Math.floor((x - this.box.left) / this.side), 0), this.columns - 1);
  }

  /** @param {number} y */
  row(y) {
    return Math.min(Math.max(Math.floor((y - this.box.top) / this.side), 0), this.rows - 1);
  }

  /** @param {{left: number, top: number, right: number, bottom: number}} box @param {number[]} [found]  taken anew
   * @returns {number[]} */
  within({ left, top, right, bottom }, found = []) {
    found.length = 0;
    const [from, to] = [this.column(left), this.column(right)];
    for (let row = this.row(top); row <= this.row(bottom); row += 1) {
      const end = this.starts[row * this.columns + to + 1];
      for (let n = this.starts[row * this.columns + from]; n < end; n += 1) {
        const at = this.points[n];
        const [x, y] = [this.x[at], this.y[at]];
        if (x > left && x < right && y > top && y < bottom) found.push(at);
      }
    }
    return found;
  }
}

/** @param {Float64Array} x @param {Float64Array} y */
function boundsOf(x, y) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  x.forEach((each, at) => {
    box.left = Math.min(box.left, each);
    box.right = Math.max(box.right, each);
    box.top = Math.min(box.top, y[at]);
    box.bottom = Math.max(box.bottom, y[at]);
  });
  return x.length ? box : { left: 0, top: 0, right: 1, bottom: 1 };
}
