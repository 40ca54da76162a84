// node test/e2e/support/serve.ts <folder>: plays the story and keeps the chain running until it is interrupted.
import { playStory } from './story.ts';
import { World } from './world.ts';

const world = await World.start(process.argv[2] ?? 'build/e2e');
const story = await playStory(world);
process.stdout.write(
  `${JSON.stringify({ rpc: world.node.rpc, deployment: world.deploymentFile, models: story.models.map(({ id }) => id) }, null, 2)}\n`,
);
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => void world.close().then(() => clearInterval(alive)));
process.once('SIGINT', () => void world.close().then(() => clearInterval(alive)));
