# The Cloud Tasks emulator as a container. docs/emulator-docker.md describes how to run it.
ARG NODE_VERSION=20
FROM node:${NODE_VERSION}-slim AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
# Removes the development dependencies.
RUN npm ci --omit=dev --workspace @cloudtask/cli

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages/cloudtask/package.json packages/cloudtask/package.json
COPY --from=build /app/packages/cloudtask/dist packages/cloudtask/dist
COPY --from=build /app/packages/emulator/package.json packages/emulator/package.json
COPY --from=build /app/packages/emulator/dist packages/emulator/dist
COPY --from=build /app/packages/emulator/THIRD_PARTY_LICENSES packages/emulator/THIRD_PARTY_LICENSES
COPY --from=build /app/packages/cli/package.json packages/cli/package.json
COPY --from=build /app/packages/cli/bin packages/cli/bin
COPY --from=build /app/packages/cli/dist packages/cli/dist
RUN mkdir /data && chown node:node /data
# As variables, so that arguments and further variables can override them.
ENV CLOUDTASK_HOST=0.0.0.0 CLOUDTASK_DATA=/data
USER node
VOLUME /data
EXPOSE 8123
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8123/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "packages/cli/bin/cloudtask.js", "emulator"]
