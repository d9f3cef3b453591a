import { describe, expect, it } from "vitest";
import { Headstart } from "./headstart.js";

/** A question that is answered when the test says so. */
function question() {
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  return { asked, answer };
}

const known = async (): Promise<Headstart> => {
  const headstart = new Headstart();
  await headstart.lead(Promise.resolve());
  return headstart;
};

describe("those that go first", () => {
  it("are waited for, also where they are asked after others in the same turn", async () => {
    const headstart = await known();
    const said: string[] = [];
    const waiting = headstart.wait().then(() => said.push("others"));
    const { asked, answer } = question();
    void headstart.lead(asked).then(() => said.push("first"));
    await Promise.resolve();
    answer();
    await waiting;
    expect(said).toEqual(["first", "others"]);
  });

  it("are waited for no longer than a moment", async () => {
    const headstart = await known();
    void headstart.lead(question().asked);
    await headstart.wait();
  });

  it("are not waited for where none is asked, nor before one was ever answered", async () => {
    const isHeldUp = async (headstart: Headstart): Promise<boolean> => {
      let isHeld = true;
      void headstart.wait().then(() => (isHeld = false));
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      return isHeld;
    };
    const fresh = new Headstart();
    void fresh.lead(question().asked);
    const asked = await known();
    void asked.lead(question().asked);
    expect([await isHeldUp(await known()), await isHeldUp(fresh), await isHeldUp(asked)]).toEqual([false, false, true]);
  });
});
