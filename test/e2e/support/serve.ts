// node test/e2e/support/serve.ts <folder>: plays the story and keeps the chain running until it is interrupted. Tests that
// find the folder in DESCENT_E2E_FOLDER then use it instead of a world of their own, and leave it as they found it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playStory, type Told } from './story.ts';
import { World } from './world.ts';

const folder = process.argv[2] ?? 'build/e2e-served';
const world = await World.start(folder);
const story = await playStory(world);
writeFileSync(join(folder, 'story.json'), `${JSON.stringify({ place: world.place, story }, null, 2)}\n`);
process.stdout.write(`${world.place.rpc}\n${story.models.map(({ id }: Told) => id).join('\n')}\n`);
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => void world.close().then(() => clearInterval(alive)));
process.once('SIGINT', () => void world.close().then(() => clearInterval(alive)));
