// What stands behind the helpers of instrumented source: they tell, we look, and what goes wrong stays with us.
import type { Guest } from "../guest.js";
import type { ChosenState, WriteNotes } from "../state/index.js";
import { type ChosenTold, type WriteTold, helpersName } from "../write-helpers.js";
import type { SiteRegistry } from "./sites.js";

/** `notes` and `sites` behind a guard: after too many faults nothing is told any more, and writes are found by looking. */
export function guardedNotes(guest: Guest, notes: WriteNotes, sites: Pick<SiteRegistry, "add">): WriteTold {
  return {
    file(file, table) {
      try {
        return sites.add(file, table);
      } catch (error) {
        guest.noteFault(error);
        return 0;
      }
    },
    before(object, name, first) {
      if (guest.isOff) return;
      try {
        notes.before(object, name, first);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    beforeBehind(object, path) {
      if (guest.isOff) return;
      try {
        notes.beforeBehind(object, path);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    property(object, key, site) {
      if (guest.isOff) return;
      try {
        notes.property(object, key, site);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    object(object, site) {
      if (guest.isOff) return;
      try {
        notes.object(object, site);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    objectBehind(object, path, site) {
      if (guest.isOff) return;
      try {
        notes.objectBehind(object, path, site);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    method(object, name, first, result, site) {
      if (guest.isOff) return;
      try {
        notes.method(object, name, first, result, site);
      } catch (error) {
        guest.noteFault(error);
      }
    },
    privateField(object, key, value, site) {
      if (guest.isOff) return;
      try {
        notes.privateField(object, key, value, site);
      } catch (error) {
        guest.noteFault(error);
      }
    },
  };
}

/** The same for what is told where classes and variables are chosen by name. */
export function guardedChoice(
  guest: Guest,
  chosen: ChosenState,
  { locationOf, fileOf }: Pick<SiteRegistry, "locationOf" | "fileOf">,
): ChosenTold {
  return {
    made: (object, site) => guest.runAsGuest(() => chosen.made(object, () => locationOf(site)), undefined),
    begun: (object, site) => guest.runAsGuest(() => chosen.begun(object, () => locationOf(site)), undefined),
    variable: (name, site, value) =>
      guest.runAsGuest(() => chosen.variable(name, fileOf(site), value, locationOf(site)), undefined),
  };
}

/** Source of helpers that do nothing, for threads that run transformed code without an agent. */
export const idleHelpersSource =
  `typeof ${helpersName}>"u"&&(globalThis.${helpersName}={f(){return 0},s(o,k,i,v){return v},S(k,i,v){return v},` +
  "k(o,i,v){return v},K(i,v){return v},c(o,i,v){return v},C(i,v){return v},O(i,v){return v},m(o,n,i,v){return v},M(n,i,v){return v}," +
  "b(o,n,v){return v},B(n,o){return o},q(o,p,v){return v},Q(p,o){return o}," +
  "p(o,k,i,v){return v},P(k,i,v){return v},e(){},E(){},r(c,v){return v},d(){},t(c,v){return v},a(c,v){return v},w(c,v){return v}," +
  "u(){},v(){},x(){},y(){},l(){},i:function(s,v){return v},n(s,o){return o},g(n,s,v){return v}});";
