// Everything a program does with the package mongodb, as lines of what it got.
import { MongoClient, ObjectId } from "mongodb";
import { serveAtOnce } from "./serve.mjs";

const print = (...values) => console.log(JSON.stringify(values));
const failure = (error) => [error.constructor.name, error.code, error.message];

// Few connections for many: who waits for one gets it from somebody else.
const client = new MongoClient(`mongodb://127.0.0.1:${process.env.DATABASE_PORT}/test`, { maxPoolSize: 3 });
await client.connect();
const users = client.db().collection("users");
await users.drop().catch(() => undefined);
print(await users.insertOne({ _id: 1, name: "a secret value", born: new Date(0), key: new ObjectId("0".repeat(24)) }));
print(
  (await users.insertMany([2, 3, 4].map((_id) => ({ _id, name: "many", nested: { deep: ["values"] } })))).insertedCount,
);
print(await users.insertOne({ _id: 1 }).catch(failure));
print(await users.findOne({ _id: 1 }, { projection: { born: 0, key: 0 } }));
print(await users.find({ name: "many" }, { batchSize: 2 }).toArray());
print((await users.updateOne({ _id: 1 }, { $set: { name: "another" } })).modifiedCount);
print((await users.deleteOne({ _id: 4 })).deletedCount);
print(
  await users
    .aggregate([{ $match: { name: "none" } }])
    .toArray()
    .catch(failure),
);
print(await client.db("admin").command({ ping: 1 }));
const unhandled = new Promise((resolve) => process.once("unhandledRejection", (error) => resolve(failure(error))));
void users.insertOne({ _id: 1 });
print("unhandled", await unhandled);

const find = async (number) => {
  const found = await client.db().collection(`number_${number}`).findOne({ secret: number });
  return `${number} ${found}`;
};
await serveAtOnce({
  withPromise: find,
  withCallback: (number, answer) => void find(number).then((value) => answer(null, value), answer),
});
await client.close();
