// Recording files damaged in hundreds of ways.
import { damageMore } from "./longer.js";

damageMore({ usual: 100, full: 1000 });
await import("../integration/recovery-files.test.js");
