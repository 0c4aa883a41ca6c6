#!/bin/sh
# Redis for the assistants, and for nobody else: their user is `assistant` with REDIS_PASSWORD, its rights are in
# assistant.acl beside this. What Redis holds can be lost: when memory runs out, the oldest goes.
set -eu
umask 077
users=$(mktemp)
hash=$(printf %s "${REDIS_PASSWORD:?is the password of the assistants}" | sha256sum | cut -d ' ' -f 1)
echo 'user default off' >"$users"
echo "user assistant on #$hash $(cat "$(dirname "$0")/assistant.acl")" >>"$users"
exec redis-server --aclfile "$users" --maxmemory-policy allkeys-lru --save '' --appendonly no "$@"
