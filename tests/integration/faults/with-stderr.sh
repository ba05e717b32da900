#!/bin/sh
# Starts the plugin with its log going where a test wants it: `closed`, or a file.
if [ "$SWITCHBOARD_STDERR" = closed ]; then
	exec "$SWITCHBOARD_EXECUTABLE" 2>&-
fi
exec "$SWITCHBOARD_EXECUTABLE" 2>"$SWITCHBOARD_STDERR"
