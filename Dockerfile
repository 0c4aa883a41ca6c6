# One file for every service, and for infra/tools: docker build --build-arg SERVICE=assistant .
# What differs between two images is the last folder that is copied.
ARG NODE=node:24-bookworm-slim

FROM ${NODE} AS build
WORKDIR /waybill
ENV CI=true
# Layers that stay until the lockfile changes.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx -y pnpm@12.21.0 fetch
# Layers that all services share.
COPY . .
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --offline \
 && node_modules/.bin/tsc --build services/* infra/tools
ARG SERVICE
RUN npx -y pnpm@12.21.0 --filter "@waybill/${SERVICE:?say which: --build-arg SERVICE=ingress}" \
      deploy --prod --no-optional --legacy --offline /app \
 && node infra/supply-chain/write-sbom.ts "${SERVICE}" /app/sbom.cdx.json

FROM ${NODE}
ARG SERVICE
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="waybill-${SERVICE}" \
      org.opencontainers.image.description="Waybill, a WhatsApp assistant for delivery drivers: ${SERVICE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Nothing that could install anything or run a script at run time, and no way to become somebody else. Last the shell, which
# is running this. What dpkg knows stays, for whoever looks for old libraries.
RUN install -d -o node -g node -m 0700 /var/lib/waybill \
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn* /usr/local/bin/docker-entrypoint.sh /opt/yarn* \
           /usr/bin/apt* /usr/bin/dpkg* /usr/bin/perl* \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && rm -f /bin/bash /bin/rbash /bin/dash /bin/sh
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8080
# Looking up a name that no server answers for holds a thread for seconds. Node has four, and without Redis and a word from DNS
# its next attempts took all of them: nobody found PostgreSQL or the broker either.
ENV UV_THREADPOOL_SIZE=16
WORKDIR /app
COPY --from=build /app ./
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1: SIGTERM reaches it without a shell in between.
ENTRYPOINT ["node", "dist/main.js"]
