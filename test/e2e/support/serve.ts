// node test/e2e/support/serve.ts <folder>: plays the scenario and keeps the chain running until it is interrupted. Tests that
// find the folder in DESCENT_E2E_FOLDER then use it instead of a chain of their own, and leave it as they found it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProvingFixture } from './provingFixture.ts';
import { type Proved, playScenario } from './scenario.ts';

const folder = process.argv[2] ?? 'build/e2e-served';
const fixture = await ProvingFixture.start(folder);
const scenario = await playScenario(fixture);
writeFileSync(join(folder, 'scenario.json'), `${JSON.stringify({ place: fixture.place, scenario }, null, 2)}\n`);
process.stdout.write(`${fixture.place.rpc}\n${scenario.models.map(({ id }: Proved) => id).join('\n')}\n`);
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => void fixture.close().then(() => clearInterval(alive)));
process.once('SIGINT', () => void fixture.close().then(() => clearInterval(alive)));
