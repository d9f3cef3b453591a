// A Redis command as text: its name and keys, and "?" for what else there is, which are the program's values.
import { dataProperty } from "../own-data.js";

/** How many arguments after the name are no values; commands that are not here show none. */
const shown: readonly (readonly [number, RegExp])[] = [
  [2, /^(H(?:DEL|EXISTS|GET|INCRBY|INCRBYFLOAT|STRLEN|SET|SETNX)|LINDEX|LSET|XGROUP|XINFO|XACK)$/],
  [
    9,
    /^(DEL|UNLINK|EXISTS|TOUCH|MGET|WATCH|SINTER|SUNION|SDIFF|SUBSCRIBE|PSUBSCRIBE|UNSUBSCRIBE|PUNSUBSCRIBE|SSUBSCRIBE)$/,
  ],
  [
    9,
    /^(CLIENT|CLUSTER|COMMAND|INFO|SELECT|[BLZ]?RANGE|LRANGE|ZRANGE|GETRANGE|TTL|PTTL|TYPE|SCAN|BLPOP|BRPOP|BZPOPMIN|BZPOPMAX)$/,
  ],
  [
    1,
    /^(APPEND|DECR|DECRBY|DUMP|EXPIRE|EXPIREAT|GET|GETDEL|GETEX|GETSET|HGETALL|HKEYS|HMGET|HMSET|HSCAN|HVALS|HLEN|INCR|INCRBY|INCRBYFLOAT|LLEN|LPOP|LPUSH|LPUSHX|LREM|LTRIM|MSET|MSETNX|PERSIST|PEXPIRE|PEXPIREAT|PSETEX|PUBLISH|RENAME|RPOP|RPUSH|RPUSHX|SADD|SCARD|SET|SETEX|SETNX|SETRANGE|SISMEMBER|SMEMBERS|SPOP|SPUBLISH|SRANDMEMBER|SREM|SSCAN|STRLEN|XADD|XDEL|XLEN|XRANGE|XREVRANGE|XTRIM|ZADD|ZCARD|ZCOUNT|ZINCRBY|ZRANGEBYSCORE|ZRANK|ZREM|ZREMRANGEBYRANK|ZREMRANGEBYSCORE|ZREVRANGE|ZREVRANK|ZSCAN|ZSCORE)$/,
  ],
];
const script = /^(EVAL|EVALSHA|EVAL_RO|EVALSHA_RO|FCALL|FCALL_RO)$/;
const maxArguments = 16;
const maxUnits = 256;

/** `args` without the name. Nothing of what is no text is read. */
export function redisText(name: string, args: unknown): string {
  const operation = name.toUpperCase();
  if (!Array.isArray(args)) return operation;
  const count = Math.min(args.length, maxArguments);
  const given = Array.from({ length: count }, (_, i) => textOf(dataProperty(args, String(i))));
  const known = script.test(operation)
    ? scriptArguments(given)
    : (shown.find(([, names]) => names.test(operation))?.[0] ?? 0);
  const parts = given.map((text, i) => (i < known && text !== undefined ? text : "?"));
  return [operation, ...parts, ...(args.length > count ? ["…"] : [])].join(" ");
}

/** The script or its name, how many keys there are, and those. */
function scriptArguments(given: readonly (string | undefined)[]): number {
  const keys = Number(given[1]);
  return Number.isInteger(keys) && keys >= 0 ? 2 + keys : 1;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? (value.length > maxUnits ? `${value.slice(0, maxUnits)}…` : value) : undefined;
}
