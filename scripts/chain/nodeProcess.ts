// The process of a local chain. Reports its port to the parent and ends when the parent lets go or dies.
import hre from 'hardhat';

const server = await hre.network.createServer('node', '127.0.0.1');
const { port } = await server.listen();
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
