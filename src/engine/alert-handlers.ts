// The calls about rules that are evaluated while a recording is made, and about its alerts.
import { type Result, ok } from "../shared/base/result.js";
import type { alertCalls } from "../shared/protocol/alert-calls.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import type { OpenRecording } from "./open-recording.js";
import { noRules } from "./recorded-rules.js";

type About = <Value>(
  args: { readonly recordingId: string },
  work: (recording: OpenRecording) => Promise<Result<Value, HindcastError>>,
) => Promise<Result<Value, HindcastError>>;

export const alertHandlers = (about: About): Pick<CallHandlers, keyof typeof alertCalls> => ({
  "rules.setLive": (args) =>
    about(args, (recording) =>
      recording.whileLive(async () => ok((await recording.rules?.set(args.files)) ?? noRules)),
    ),
  "rules.live": (args) => about(args, async ({ rules }) => ok((await rules?.told()) ?? noRules)),
  "alerts.list": (args) => about(args, async ({ alerts }) => ok(await alerts.list(args.id))),
  "alerts.acknowledge": (args) => about(args, ({ alerts }) => alerts.acknowledge(args)),
  "alerts.resolve": (args) => about(args, ({ alerts }) => alerts.resolve(args)),
  "alerts.note": (args) => about(args, ({ alerts }) => alerts.note(args)),
  "alerts.suppress": (args) => about(args, ({ alerts }) => alerts.suppress(args)),
  "alerts.unsuppress": (args) => about(args, ({ alerts }) => alerts.unsuppress(args.id)),
});
