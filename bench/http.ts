/** B1: a collection read through all of the engine, against node:http sending the same bytes ready-made. */
import { createServer } from 'node:http';
import { startEngine } from '@patchbay/engine';
import { type Measured, median, timed } from './measured.ts';

const rounds = 5;
const requests = 40;

export async function run(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { size, networks, target } of [
    { size: '2 KB', networks: 3, target: 0.35 },
    { size: '200 KB', networks: 260, target: 0.5 },
  ]) {
    const engine = await startEngine({ data: ':memory:', port: 0, agentPort: 0, adminPassword: 'secret' });
    const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;
    for (let at = 0; at < networks; at++) {
      const body = JSON.stringify({
        name: `network${at}`,
        data_center: { name: 'Default' },
        profile_required: 'false',
      });
      const headers = { authorization, 'content-type': 'application/json' };
      await fetch(`${engine.url}/networks`, { method: 'POST', headers, body });
    }
    for (const media of ['xml', 'json']) {
      const headers = { authorization, accept: `application/${media}`, 'accept-encoding': 'identity' };
      const ready = Buffer.from(await (await fetch(`${engine.url}/networks`, { headers })).arrayBuffer());
      const floor = createServer((_request, response) => response.end(ready));
      await new Promise<void>((resolve) => void floor.listen(0, '127.0.0.1', resolve));
      const address = floor.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const read = (url: string) => async () => {
        for (let at = 0; at < requests; at++) await (await fetch(url, { headers })).arrayBuffer();
      };
      const [ours, bare] = [read(`${engine.url}/networks`), read(`http://127.0.0.1:${port}/`)];
      const ratios: number[] = [];
      for (let round = 0; round < rounds; round++) ratios.push((await timed(bare)) / (await timed(ours)));
      const name = `GET of ${size} in ${media}, against node:http with the ready bytes`;
      const detail = `${ready.length} bytes`;
      measured.push({ id: 'B1', name, ratio: median(ratios), target: { atLeast: target }, detail });
      floor.closeAllConnections();
      floor.close();
    }
    await engine.close();
  }
  return measured;
}
