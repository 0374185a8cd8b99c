/**
 * A ping for those who may not ping: `knock.js SOURCE ADDRESS INTERVAL_MS` connects to a closed TCP port again and again.
 * A refusal is an answer: a packet went there and one came back. Each is printed with its time, as `ping -D` does.
 */
import { connect } from 'node:net';

/** discard, RFC 863: nobody listens there. */
const PORT = 9;
const PATIENCE_MS = 1_000;

const [localAddress = '', host = '', interval = ''] = process.argv.slice(2);

setInterval(() => {
  const start = performance.now();
  const socket = connect({ host, port: PORT, localAddress });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on('connect', () => socket.destroy());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNREFUSED') return;
    const took = (performance.now() - start).toFixed(1);
    console.log(`[${Date.now() / 1000}] connection refused by ${host}: it answers, time=${took} ms`);
  });
}, Number(interval));
