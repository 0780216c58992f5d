/** What this phone keeps by itself: the draft, what was set aside, what waits to be sent. IndexedDB, for pictures too. */

/**
 * @typedef {object} Entry
 * @property {string} key  also the request id: the server makes one device of it, however often it is sent
 * @property {string} user  who made it; nobody else sends it
 * @property {"draft"|"later"|"waiting"|"refused"} state
 * @property {Record<string, any>} fields  the form as it was filled in
 * @property {Record<string, any>|null} body  what is sent, from the moment it waits
 * @property {Blob|null} photo
 * @property {string|null} deviceId  once the server has answered, while the picture is still to be sent
 * @property {string} problem
 * @property {number} at
 */

const NAME = "register";
const ENTRIES = "entries";

export class Store {
  constructor() {
    /** @type {Promise<IDBDatabase>} */
    this.opened = new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(ENTRIES, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** @param {Entry} entry */
  put(entry) {
    return this.#run("readwrite", (entries) => entries.put(entry));
  }

  /** @param {string} key */
  remove(key) {
    return this.#run("readwrite", (entries) => entries.delete(key));
  }

  /** @param {string} key @returns {Promise<Entry|undefined>} */
  get(key) {
    return this.#run("readonly", (entries) => entries.get(key));
  }

  /** The oldest first.
   * @returns {Promise<Entry[]>} */
  async all() {
    const found = await this.#run("readonly", (entries) => entries.getAll());
    return found.sort((one, other) => one.at - other.at);
  }

  /** @param {IDBTransactionMode} mode @param {(entries: IDBObjectStore) => IDBRequest} act @returns {Promise<any>} */
  async #run(mode, act) {
    const database = await this.opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(ENTRIES, mode);
      const request = act(transaction.objectStore(ENTRIES));
      // Not before it is on the disk: "saved" must be true when it is said.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** A random UUID, also where the page was not opened safely. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
