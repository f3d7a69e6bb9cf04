// Fan-out with node-ws: what comes in on /publish goes to everyone on /frames. Argument: the port.
const http = require('http');
const {WebSocketServer, WebSocket} = require('ws');

const server = http.createServer((request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({noServer: true, perMessageDeflate: false, maxPayload: 1 << 24});
const viewers = new Set();
// A slow viewer misses frames rather than making the server's memory grow.
const maxBufferedBytes = 2 * 1024 * 1024;

server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (connection) => {
    socket.setNoDelay(true);
    if (request.url === '/publish') {
      connection.on('message', (frame) => {
        for (const viewer of viewers) {
          if (viewer.readyState === WebSocket.OPEN && viewer.bufferedAmount < maxBufferedBytes) {
            viewer.send(frame, {binary: true, compress: false});
          }
        }
      });
    } else {
      viewers.add(connection);
      connection.on('close', () => viewers.delete(connection));
    }
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
