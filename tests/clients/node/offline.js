// Loaded before a program: it finds this machine and nothing else, and says so on stderr when it tries.

import { Socket } from "node:net";

const { connect } = Socket.prototype;
const here = new Set([undefined, "localhost", "127.0.0.1", "::1"]);

Socket.prototype.connect = function (...given) {
  const [options] = given.flat();
  const host = typeof options === "object" ? options?.host : typeof given[1] === "string" ? given[1] : undefined;
  if (here.has(host)) return connect.apply(this, given);
  process.stderr.write(`the network is closed: ${host}\n`);
  setImmediate(() => this.destroy(new Error("the network is closed")));
  return this;
};
