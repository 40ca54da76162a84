import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const config: NextConfig = {
  // The pages import src/ beside this folder.
  turbopack: { root: ROOT },
  outputFileTracingRoot: ROOT,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Served on 127.0.0.1 as well as localhost while developing.
  allowedDevOrigins: ['127.0.0.1'],
};

export default config;
