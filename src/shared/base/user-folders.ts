// Where a user's files are kept, as each system has it: recordings and what else is data, and what Hindcast remembers.

export type Environment = Readonly<Record<string, string | undefined>>;

/** `home`: where the environment names none. Parts are divided by slashes, which every system reads. */
export function userFolders(
  environment: Environment,
  platform: string,
  home: string,
): { readonly data: string; readonly state: string } {
  const given = (name: string): string | undefined => (environment[name] === "" ? undefined : environment[name]);
  const own = given("HOME") ?? home;
  const data = given("XDG_DATA_HOME");
  const state = given("XDG_STATE_HOME");
  if (platform === "win32") {
    const local = `${given("LOCALAPPDATA") ?? `${own}/AppData/Local`}/Hindcast`;
    return { data: data ?? local, state: state ?? local };
  }
  if (platform === "darwin") {
    const support = `${own}/Library/Application Support/Hindcast`;
    return {
      data: data === undefined ? support : `${data}/hindcast`,
      state: state === undefined ? support : `${state}/hindcast`,
    };
  }
  return { data: `${data ?? `${own}/.local/share`}/hindcast`, state: `${state ?? `${own}/.local/state`}/hindcast` };
}
