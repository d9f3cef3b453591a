// The msgpack settings that hosts and engine use: typed arrays stay typed arrays, int64 is bigint, objects are plain.
// The page uses the same settings with msgpackr's build that needs no `eval`.
import { Packr, addExtension } from "msgpackr";
import { loneTextExtension, withLoneTexts } from "./lone-texts.js";
import type { Codec } from "./rpc.js";

export function createCodec(): Codec {
  addExtension(loneTextExtension);
  const packr = new Packr({ moreTypes: true, useRecords: false, mapsAsObjects: true, int64AsType: "bigint" });
  return {
    // A copy: the packer hands out parts of a large shared buffer, and posting a part to a port would clone the whole.
    encode: (message) => new Uint8Array(packr.pack(withLoneTexts(message))),
    decode: (bytes): unknown => packr.unpack(bytes),
  };
}
