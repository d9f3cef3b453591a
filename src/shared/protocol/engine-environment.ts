// The environment on its way through the engine's process. The engine runs without NODE_OPTIONS, which could preload
// anything into it; programs that it starts get the user's own back.

type Environment = Readonly<Record<string, string | undefined>>;

const carrier = "HINDCAST_USER_NODE_OPTIONS";

/** Of the engine's process, from the host's. */
export function engineEnvironment(own: Environment): Record<string, string | undefined> {
  const { NODE_OPTIONS: options, [carrier]: _, ...rest } = own;
  return options === undefined || options === "" ? rest : { ...rest, [carrier]: options };
}

/** Of what the engine's process starts, from its own. */
export function startedEnvironment(own: Environment): Record<string, string | undefined> {
  const { NODE_OPTIONS: _, [carrier]: options, ...rest } = own;
  return options === undefined ? rest : { ...rest, NODE_OPTIONS: options };
}
