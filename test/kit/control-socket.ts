/** A daemon's control socket, asked as `curl --unix-socket` asks it: without the price of a program for each question. */
import { request } from 'node:http';

/**
 * @param path with its query: `/kernel?all`
 * @throws Error if nobody answers
 */
export function answerAt(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(pieces).toString())));
    });
    asked.on('error', reject);
    asked.end();
  });
}
