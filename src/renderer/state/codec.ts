// msgpack for the page: the build without `eval`, so that the content security policy can forbid it.
// The settings are those of the engine's end.
import { Packr, addExtension } from "msgpackr/index-no-eval";
import { loneTextExtension, withLoneTexts } from "../../shared/protocol/lone-texts.js";
import type { Codec } from "../../shared/protocol/rpc.js";

export function createCodec(): Codec {
  addExtension(loneTextExtension);
  const packr = new Packr({ moreTypes: true, useRecords: false, int64AsType: "bigint" });
  return {
    // The packer reuses its buffer; a copy is what may be handed to a port.
    encode: (message) => Uint8Array.from(packr.pack(withLoneTexts(message))),
    decode: (bytes) => {
      const message: unknown = packr.unpack(bytes);
      return message;
    },
  };
}
