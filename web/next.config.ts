import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const config: NextConfig = {
  // The pages import src/ beside this folder.
  turbopack: { root: ROOT },
  outputFileTracingRoot: ROOT,
  poweredByHeader: false,
  // `npm run typecheck` does that.
  typescript: { ignoreBuildErrors: true },
  reactStrictMode: true,
  devIndicators: false,
  // Workers of a page that is isolated from other origins must say that they are, too.
  headers: async () => [
    { source: '/_next/static/:path*', headers: [{ key: 'cross-origin-embedder-policy', value: 'require-corp' }] },
  ],
  // Browsers ask for it where they do not see the link to the icon yet.
  rewrites: async () => [{ source: '/favicon.ico', destination: '/icon.svg' }],
  // Served on 127.0.0.1 as well as localhost while developing.
  allowedDevOrigins: ['127.0.0.1'],
};

export default config;
