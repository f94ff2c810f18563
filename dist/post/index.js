import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
          target[k] = overrides[k];
        }
      }
    }
  }
  return target;
}


var debug;
if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
  debug = function() {
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
exports.debug = debug; // for test


/***/ }),

/***/ 613:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");

/***/ }),

/***/ 896:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");

/***/ }),

/***/ 611:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("net");

/***/ }),

/***/ 857:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");

/***/ }),

/***/ 756:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("tls");

/***/ }),

/***/ 23:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("util");

/***/ }),

/***/ 607:
/***/ ((module) => {



/*
 * Stands in for undici in every bundle (tsconfig.json, `paths`). @actions/core imports undici through
 * @actions/http-client, and evaluating its megabyte takes longer than all the rest of a start, though
 * only a proxied `fetch` of @actions/github uses it. So undici is a bundle of its own beside the entries,
 * and is read when somebody first asks for one of its names.
 */
let undici;

module.exports = new Proxy(
  {},
  {
    get(_target, name) {
      // Not a plain `require`: the bundler would pull undici back in.
      undici ??= __WEBPACK_EXTERNAL_createRequire(import.meta.url)('../undici/index.js');
      return undici[name];
    },
  },
);


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId].call(module.exports, module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
var __webpack_exports__ = {};

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/platform.js
var platform_namespaceObject = {};
__nccwpck_require__.r(platform_namespaceObject);
__nccwpck_require__.d(platform_namespaceObject, {
  arch: () => (arch),
  getDetails: () => (getDetails),
  isLinux: () => (isLinux),
  isMacOS: () => (isMacOS),
  isWindows: () => (isWindows),
  platform: () => (platform)
});

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/core.js
var core_namespaceObject = {};
__nccwpck_require__.r(core_namespaceObject);
__nccwpck_require__.d(core_namespaceObject, {
  ExitCode: () => (ExitCode),
  addPath: () => (addPath),
  debug: () => (debug),
  endGroup: () => (endGroup),
  error: () => (error),
  exportVariable: () => (exportVariable),
  getBooleanInput: () => (getBooleanInput),
  getIDToken: () => (getIDToken),
  getInput: () => (core_getInput),
  getMultilineInput: () => (getMultilineInput),
  getState: () => (getState),
  group: () => (group),
  info: () => (info),
  isDebug: () => (isDebug),
  markdownSummary: () => (markdownSummary),
  notice: () => (notice),
  platform: () => (platform_namespaceObject),
  saveState: () => (saveState),
  setCommandEcho: () => (setCommandEcho),
  setFailed: () => (setFailed),
  setOutput: () => (setOutput),
  setSecret: () => (setSecret),
  startGroup: () => (startGroup),
  summary: () => (summary),
  toPlatformPath: () => (toPlatformPath),
  toPosixPath: () => (toPosixPath),
  toWin32Path: () => (toWin32Path),
  warning: () => (warning)
});

;// CONCATENATED MODULE: ./build/vps/model.js
/** What the API says, after the schema check. Texts are cleaned of control characters, but not trusted. */
/** Ids, typed or received, that may stand in a path (design §4). */
const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
/** Whether this snapshot may be named in a request that changes something. */
function model_isAddressable(snapshot) {
    return snapshot.exact && ID_PATTERN.test(snapshot.id);
}
/** Epoch milliseconds of an ISO 8601 time with a zone; one without says no instant. */
function parseTime(value) {
    if (value === null ||
        !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(value))
        return null;
    const time = Date.parse(value.replace(' ', 'T'));
    return Number.isNaN(time) ? null : time;
}

;// CONCATENATED MODULE: ./build/github/markdown.js

/** Text from outside as it may stand in Markdown: no markup, link, mention, HTML or table cell can come of it. */
function escapeMarkdown(text) {
    return escapeHtml(text)
        .replace(/[\\`*_{}[\]()!|~$]/g, '\\$&')
        .replace(/^(\s*)([-+=#])/, '$1\\$2')
        .replace(/^(\s*\d+)\./, '$1\\.');
}
/** Text from outside as it may stand in HTML of ours: no markup, mention or link can come of it. */
function escapeHtml(text) {
    return unlink(text
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;'));
}
/** A zero-width space keeps mentions, references and bare addresses from becoming links. */
function unlink(text) {
    return text.replace(/[@#]|:(?=\/\/)|www(?=\.)/gi, (found) => `${found}\u200b`);
}
/** A code span for an id or a name; it holds the text as it is, whatever that contains. */
function code(text) {
    const clean = text
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replaceAll('|', '¦')
        .trim();
    if (clean === '')
        return '–';
    const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
    return `${fence}${space}${clean}${space}${fence}`;
}
/** A table; cells are Markdown already. Empty without rows. */
function table(head, rows) {
    if (rows.length === 0)
        return '';
    const line = (cells) => `| ${cells.join(' | ')} |\n`;
    return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}
/** A fenced block to copy: a shell command, or lines of a workflow. */
function codeBlock(command) {
    const language = command.startsWith('curl ') ? 'sh' : 'yaml';
    return `\`\`\`${language}\n${command}\n\`\`\`\n\n`;
}
/** A section that is folded away. `title` is Markdown-free text of our own. */
function details(title, body) {
    return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}</details>\n\n`;
}
/** Megabytes for people. */
function markdown_formatSize(sizeMb) {
    if (sizeMb === null)
        return '–';
    return sizeMb >= 1024 ? `${(sizeMb / 1024).toFixed(1)} GB` : `${sizeMb} MB`;
}
/** A time of the API or of ours in a cell: UTC to the second, or as it stands where it cannot be read. */
function showTime(text) {
    if (text === null || text === '')
        return '–';
    const at = parseTime(text);
    if (at === null)
        return escapeMarkdown(text);
    return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

;// CONCATENATED MODULE: ./build/github/values.js

/** Parsers of single input values: each gives the final type or throws an `Error` that shows the right form. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer than any workflow run may take (35 days); above it a number is a mistake. */
const LONGEST = 36 * UNITS.d;
/** `90s`, `1.5h`, … in milliseconds. */
function values_parseDuration(text, range = {}) {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
    if (!match) {
        if (/^\d{1,9}$/.test(text)) {
            throw new Error(`${quote(text)} has no unit: ${text}s is seconds, ${text}m minutes, ${text}h hours, ${text}d days`);
        }
        throw new Error(`${quote(text)} is not a duration: write a number with ms, s, m, h or d, such as 90s or 30m`);
    }
    const duration = Number(match[1]) * UNITS[match[2]];
    const { min = 1, max = LONGEST } = range;
    if (duration < min)
        throw new Error(`${quote(text)} is too short: at least ${formatDuration(min)}`);
    if (duration > max)
        throw new Error(`${quote(text)} is too long: at most ${formatDuration(max)}`);
    return duration;
}
/** The shortest exact form of a duration in milliseconds: `90000` gives `90s`, `1800000` gives `30m`. */
function formatDuration(ms) {
    for (const unit of ['d', 'h', 'm', 's']) {
        if (ms >= UNITS[unit] && ms % UNITS[unit] === 0 && (unit !== 's' || ms < 10 * UNITS.m))
            return `${ms / UNITS[unit]}${unit}`;
    }
    return ms < UNITS.s ? `${Math.round(ms)}ms` : values_formatElapsed(ms);
}
/** A measured time for people: `4m 05s`. */
function values_formatElapsed(ms) {
    const seconds = Math.floor(ms / 1000);
    if (seconds < 60)
        return `${seconds}s`;
    const rest = String(seconds % 60).padStart(2, '0');
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (hours >= 48)
        return `${Math.floor(hours / 24)}d ${hours % 24}h`;
    return minutes < 60 ? `${minutes}m ${rest}s` : `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
}
/** YAML 1.2 core: `true`, `True`, `TRUE`, `false`, `False`, `FALSE`. */
function values_parseBoolean(text) {
    if (/^(true|True|TRUE)$/.test(text))
        return true;
    if (/^(false|False|FALSE)$/.test(text))
        return false;
    throw new Error(`${quote(text)} is not a boolean: write true or false`);
}
function values_parseChoice(text, choices) {
    const choice = choices.find((c) => c === text);
    if (choice === undefined)
        throw new Error(`${quote(text)} is not one of ${choices.join(', ')}`);
    return choice;
}
/** A whole number in a range. */
function values_parseCount(text, min, max) {
    const count = Number(text);
    if (!/^\d{1,9}$/.test(text) || count < min || count > max) {
        throw new Error(`${quote(text)} is not a whole number from ${min} to ${max}`);
    }
    return count;
}
/** Ids between commas, spaces or line breaks; repeats and empty elements are dropped. */
function values_parseIds(text) {
    const ids = [...new Set(text.split(/[\s,]+/).filter((id) => id !== ''))];
    const wrong = ids.filter((id) => !ID_PATTERN.test(id));
    if (wrong.length > 0) {
        throw new Error(`${wrong.map(quote).join(', ')} cannot be an id: only letters, digits, '-' and '_', at most 64 of them`);
    }
    return ids;
}
/** Whether a host name means this machine, where plain http carries a token to nobody else. */
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
/** The API's address without a slash at its end: https, or http to this machine. */
function values_parseApiUrl(text) {
    const url = URL.parse(text);
    if (url === null)
        throw new Error(`${quote(text)} is not a URL`);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
        throw new Error(`${quote(`${url.protocol}//${url.host}`)} is not https: the token would be sent in the open`);
    }
    if (url.username !== '' || url.password !== '')
        throw new Error('it contains a user name or password');
    if (text.includes('?') || text.includes('#'))
        throw new Error('it contains a query or a fragment');
    return url.href.replace(/\/+$/, '');
}
/** Addresses to check after a restore, one on a line. */
function values_parseHealthUrls(text) {
    return text
        .split(/\s*\n\s*/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .map((line) => {
        const url = URL.parse(line);
        if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
            throw new Error(`${quote(line.split('?')[0] ?? '')} is not an http(s) URL`);
        }
        if (url.username !== '' || url.password !== '')
            throw new Error('it contains a user name or password');
        return url.href;
    });
}
/** A token that can stand in a header; throws with what is likely wrong with it. */
function values_parseToken(text) {
    if (text === '') {
        throw new Error('it is empty. Usual causes: the secret is not set in this repository, organization or environment; its name is misspelt; or the workflow was started by a pull request from a fork or by Dependabot, which gets no secrets');
    }
    if (!/^[\x21-\x7e]+$/.test(text)) {
        throw new Error('it contains a space, a line break or another character that no token has; check how the secret was pasted');
    }
    return text;
}
/** A value in quotes, cut so that a pasted file does not fill the log. */
function quote(text) {
    return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

;// CONCATENATED MODULE: ./build/github/summary.js


/** The job summary as Markdown: an audit record that reads from the result down to the detail. */
function renderSummary(summary) {
    const { rows = [], restores = [], retention = [], alerts = [], events = [], commands = [] } = summary;
    const servers = new Set([...rows, ...restores, ...retention].map(({ server }) => server));
    return [
        `### ${escapeMarkdown(summary.headline)}\n\n`,
        summary.explanation ? `${escapeMarkdown(summary.explanation)}\n\n` : '',
        renderLoss(restores),
        ...alerts.filter(({ kind }) => kind !== 'notice').map(renderAlert),
        renderRestores(restores),
        renderRows(rows),
        ...retention.map(renderRetention),
        renderEvents(events, servers.size > 1),
        renderCommands(commands),
    ].join('');
}
function renderRows(rows) {
    const slots = rows.some((row) => row.slotsUsed != null);
    return table(['Server', 'Snapshot', 'Status', 'Size', 'Created', ...(slots ? ['Slots used'] : [])], rows.map((row) => [
        code(row.server),
        row.snapshotId === null ? 'none' : nameSnapshot(row.snapshotId, row.name),
        describeStatus(row),
        markdown_formatSize(row.sizeMb),
        showTime(row.createdAt),
        ...(slots ? [row.slotsUsed == null ? '–' : `${row.slotsUsed} of 5`] : []),
    ]));
}
function describeStatus({ snapshotId, status }) {
    if (status === null || status === '')
        return snapshotId === null ? '–' : 'unknown';
    return escapeMarkdown(status);
}
/** Id and name in one cell: a table with a column for each does not fit the page. */
function nameSnapshot(id, name) {
    return name === null || name === '' ? code(id) : `${code(id)}<br>${code(name)}`;
}
/** What a restore destroys, said once, above all else. */
function renderLoss(restores) {
    const requested = restores.filter((restore) => restore.requested);
    const [only] = requested;
    if (only === undefined)
        return '';
    const certain = requested.every(({ confirmed }) => confirmed);
    const start = certain ? 'Everything' : 'Where the restore was carried out, everything';
    const what = requested.length > 1
        ? 'written to these servers since their snapshots were taken'
        : `written to the server since ${only.createdAt === null ? 'the snapshot was taken' : showTime(only.createdAt)}`;
    return `> [!CAUTION]\n> **${start} ${what} is gone.**\n\n`;
}
const HEALTH = {
    passed: '✅ health check passed',
    failed: '❌ **health check failed**',
    not_checked: 'application not checked',
};
function renderRestores(restores) {
    const rows = table(['Server', 'Snapshot', 'Back to', 'Restore', 'State now'], restores.map((restore) => [
        code(restore.server),
        nameSnapshot(restore.snapshotId, restore.name),
        showTime(restore.createdAt),
        describeRestore(restore),
        describeState(restore),
    ]));
    const confirmed = restores.some((restore) => restore.confirmed);
    return confirmed ? `${rows}Confirmed: the restore was seen to begin and to end.\n\n` : rows;
}
function describeState({ serverStatus, started, confirmed, health }) {
    const server = serverStatus === null || serverStatus === '' ? 'unknown' : escapeMarkdown(serverStatus);
    const lines = [
        started ? `${server}, started by this step` : server,
        ...(confirmed ? [HEALTH[health]] : []),
    ];
    return lines.join('<br>');
}
function describeRestore({ requested, confirmed }) {
    if (confirmed)
        return '✅ confirmed';
    return requested ? '⚠️ **requested, not confirmed**' : '❌ **not restored**';
}
function renderRetention({ server, verdicts }) {
    const rows = verdicts.map(({ snapshot, action, why }) => [
        nameSnapshot(snapshot.id, snapshot.name),
        escapeMarkdown(snapshot.status),
        showTime(snapshot.createdAt),
        action === 'delete' ? '**delete**' : 'keep',
        escapeMarkdown(why),
    ]);
    const deleted = verdicts.filter(({ action }) => action === 'delete').length;
    return `${code(server)}: ${deleted} to delete, ${verdicts.length - deleted} to keep\n\n${table(['Snapshot', 'Status', 'Created', 'Decision', 'Why'], rows)}`;
}
function renderAlert({ kind, title, text, command }) {
    // Our own words and checked ids: not escaped, so that it can be copied.
    const block = command === undefined ? '' : `\n${codeBlock(command)}`;
    const body = `[!${kind === 'error' ? 'CAUTION' : 'WARNING'}]\n**${escapeMarkdown(title)}**\n\n${text.split('\n').map(renderLine).join('')}${block}`;
    const quoted = body
        .trimEnd()
        .split('\n')
        .map((line) => `> ${line}`.trimEnd());
    return `${quoted.join('\n')}\n\n`;
}
/** A line of an error: an entry of a list, or a paragraph. */
function renderLine(line) {
    if (line.trim() === '')
        return '';
    return line.startsWith('- ')
        ? `- ${escapeMarkdown(line.slice(2))}\n`
        : `\n${escapeMarkdown(line.trim())}\n\n`;
}
function renderCommands(commands) {
    if (commands.length === 0)
        return '';
    return details('Restore by hand (overwrites the server, cannot be undone)', `Needs a token in \`VPS_API_TOKEN\`. The \`restore\` action does the same, and verifies it.\n\n${codeBlock(commands.join('\n'))}`);
}
function renderEvents(events, withServer) {
    const [first] = events;
    if (first === undefined)
        return '';
    const rows = events.map(({ at, subject, text }) => [
        showTime(new Date(at).toISOString()),
        `+${values_formatElapsed(Math.max(0, at - first.at))}`,
        ...(withServer ? [subject === '' ? '' : code(subject)] : []),
        escapeMarkdown(text),
    ]);
    return details('What happened when', table(['Time', 'After', ...(withServer ? ['Server'] : []), 'What'], rows));
}
/** The command that restores a snapshot by hand. Ids are checked, so nothing in them needs quoting. */
function restoreCommand(apiUrl, snapshotId) {
    return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" ${apiUrl}/snapshots/${snapshotId}/restore/`;
}
/** The command that starts a server by hand [C]. */
function startCommand(apiUrl, serverId) {
    return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" -H "Content-Type: application/json" -d '{"action":"start"}' ${apiUrl}/servers/${serverId}/power/`;
}

;// CONCATENATED MODULE: ./build/snapshots/age.js
/** Ages and order by the API's times alone (design §3.1): runners and servers disagree about the hour. */
/** The API's "now" is its `Date` header, which tells whole seconds. */
const SECOND = 1000;
/** Milliseconds since creation, or `null` where it cannot be known: no time, an unreadable or a future one. */
function age_ageOf(snapshot, now) {
    if (snapshot.created === null || now === null || snapshot.created >= now + SECOND)
        return null;
    return Math.max(0, now - snapshot.created);
}
/** Sorts newest first; what has no readable time counts as newest, so that doubt protects it. */
function age_newestFirst(a, b) {
    if (a.created === b.created)
        return 0;
    if (a.created === null)
        return -1;
    if (b.created === null)
        return 1;
    return b.created - a.created;
}
/** Whether `other` may be newer than `mine`: equal and unreadable times count as newer. */
function age_mayBeNewer(other, mine) {
    return other.created === null || mine.created === null || other.created >= mine.created;
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: ./build/snapshots/marker.js

/** The longest description that is sent. */
const DESCRIPTION_LIMIT = 255;
const OPENING = '[vps-snapshot ';
const LIMITS = { repositoryId: 32, repository: 36, runId: 20, job: 24, step: 24, sha: 12 };
const PATTERN = /\[vps-snapshot key=([0-9a-f-]{36}) repo-id=(\S+) repo=(\S+) run=([^\s/]+)\/(\d{1,4}) job=(\S+) step=(\S+) sha=([^\s\]]+)\]$/;
/**
 * Fits a value into its place. A longer one keeps its beginning and gets a piece of its hash, so that two
 * long values that begin alike stay two.
 */
function fit(value, limit) {
    const clean = value.replace(/[^A-Za-z0-9._/-]+/g, '-') || '-';
    if (clean.length <= limit)
        return clean;
    const hash = (0,external_node_crypto_namespaceObject.createHash)('sha256').update(value).digest('hex').slice(0, 8);
    return `${clean.slice(0, limit - 9)}~${hash}`;
}
/** The same origin as it reads after a way through a description; equality of origins is defined on this form. */
function marker_normalizeOrigin(origin) {
    return {
        repositoryId: fit(origin.repositoryId, LIMITS.repositoryId),
        repository: fit(origin.repository, LIMITS.repository),
        runId: fit(origin.runId, LIMITS.runId).replaceAll('/', '-'),
        runAttempt: origin.runAttempt,
        job: fit(origin.job, LIMITS.job),
        step: fit(origin.step, LIMITS.step),
        sha: origin.sha === '' ? '-' : fit(origin.sha.slice(0, LIMITS.sha), LIMITS.sha),
    };
}
/** The marker as it stands at the end of a description: ASCII, at most 245 characters. */
function formatMarker(marker) {
    const o = marker_normalizeOrigin(marker);
    return (`${OPENING}key=${marker.key} repo-id=${o.repositoryId} repo=${o.repository} ` +
        `run=${o.runId}/${o.runAttempt} job=${o.job} step=${o.step} sha=${o.sha}]`);
}
/** Reads the marker that ends a description; `null` for none, or for one that is cut or not at the end. */
function marker_parseMarker(description) {
    const match = PATTERN.exec(description?.trimEnd() ?? '');
    if (!match)
        return null;
    const [, key = '', repositoryId = '', repository = '', runId = '', attempt = '', job = '', step = '', sha = '',] = match;
    return { key, repositoryId, repository, runId, runAttempt: Number(attempt), job, step, sha };
}
/** Whether a marker names this repository. */
function marker_isOwn(marker, origin) {
    return marker !== null && marker.repositoryId === fit(origin.repositoryId, LIMITS.repositoryId);
}
/**
 * The description to send: the user's text, then the marker. The text loses control characters and whatever
 * could be read as a marker, and is the part that is cut; `cut` says that it was.
 */
function marker_describeSnapshot(text, marker) {
    const ending = formatMarker(marker);
    const clean = text
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replace(/\[\s*vps-snapshot\b/gi, '(vps-snapshot')
        .trim();
    if (clean === '')
        return { description: ending, cut: false };
    const room = DESCRIPTION_LIMIT - ending.length - 1;
    // Never half of a character that takes two places.
    const points = Array.from(clean);
    const cut = clean.length > room;
    const kept = cut ? cutToLength(points, room) : clean;
    return { description: kept === '' ? ending : `${kept} ${ending}`, cut };
}
function cutToLength(points, room) {
    let kept = '';
    for (const point of points) {
        if (kept.length + point.length > room)
            break;
        kept += point;
    }
    return kept.trimEnd();
}

;// CONCATENATED MODULE: ./build/snapshots/server.js
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
function kindOf(id) {
    if (/^\d+$/.test(id))
        return 'number';
    return UUID.test(id) ? 'uuid' : 'other';
}
/** Whether ids are of more than one form, so that two of them may mean one server. */
function areMixed(ids) {
    return new Set(ids.map(kindOf)).size > 1;
}
/** Ids are compared as text; a UUID in any case, since it is a number written in hexadecimal. */
function normalize(id) {
    return UUID.test(id) ? id.toLowerCase() : id;
}
/** The ids that the API says for a server. */
function server_idsOf(server) {
    return [server.id, server.uuid].filter((id) => id !== null);
}
/** Whether a snapshot's server is one of the given ids. */
function isOfServer(server, ids) {
    const known = new Set(ids.map(normalize));
    return server_idsOf(server).some((id) => known.has(normalize(id)));
}
/**
 * Finds the server's snapshots in a list asked for with its `server_id`. `known` holds the typed id and what
 * an answer of the API confirmed for it.
 *
 * A list whose snapshots all name one server is about that server, unless that server has an id of the same
 * kind as the typed one and a different one: two numbers that differ are two servers. A snapshot that names no
 * server is of the server that the list is about.
 */
function server_matchServer(snapshots, known) {
    const mine = snapshots.filter((s) => isOfServer(s.server, known));
    const others = snapshots.filter((s) => !mine.includes(s) && server_idsOf(s.server).length > 0);
    const [first] = others;
    const isAnother = first !== undefined && (!isOneServer(others) || server_contradicts(first.server, known));
    if (first === undefined || (mine.length === 0 && !isAnother)) {
        return {
            snapshots,
            ids: merge(known, mine),
            name: (mine[0] ?? snapshots[0])?.server.name ?? null,
            filterIgnored: false,
            assumed: mine.length === 0 && snapshots.length > 0,
            unknown: false,
        };
    }
    return {
        snapshots: mine,
        ids: merge(known, mine),
        name: mine[0]?.server.name ?? null,
        filterIgnored: true,
        assumed: false,
        unknown: mine.length === 0,
    };
}
function isOneServer(snapshots) {
    return new Set(snapshots.map((s) => server_idsOf(s.server).map(normalize).join(' '))).size === 1;
}
/** Whether a server cannot be the known one: it has another id of the same kind, and none in common. */
function server_contradicts(server, known) {
    if (isOfServer(server, known))
        return false;
    const kinds = new Set(known.map(kindOf));
    return server_idsOf(server).some((id) => kindOf(id) !== 'other' && kinds.has(kindOf(id)));
}
function merge(known, snapshots) {
    return [...new Set([...known, ...snapshots.flatMap((s) => server_idsOf(s.server))])];
}

;// CONCATENATED MODULE: ./build/snapshots/status.js
const MEANINGS = new Map([
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['error', 'failed'],
    ['errored', 'failed'],
    ['cancelled', 'failed'],
    ['canceled', 'failed'],
    ['deleted', 'failed'],
]);
/**
 * The API documents two words only and [?] none for a failure, so every other word is progress:
 * a word nobody knows must become neither success nor failure.
 */
function status_meaningOf(status) {
    return MEANINGS.get(status.trim().toLowerCase()) ?? 'pending';
}

;// CONCATENATED MODULE: ./build/snapshots/interlocks.js





/** The interlocks of the post step: everything that stands against restoring, each in a sentence. */
function checkRollback(facts) {
    const check = checkSnapshot(facts);
    const { snapshot } = check;
    const refusals = [...check.refusals];
    if (facts.seenCompleted === null) {
        refusals.push('nobody saw the snapshot completed before the deploy could start, so it may contain half a deploy (wait for it with wait: true, or with the wait action in this job before the deploy)');
    }
    if (snapshot === null)
        return { ...check, refusals };
    const markedKey = marker_parseMarker(snapshot.description)?.key;
    if (markedKey !== undefined && markedKey !== facts.key) {
        refusals.push('it carries the mark of another step');
    }
    const { refused, warned } = judgeNewer(facts, snapshot);
    return { snapshot, refusals: [...refusals, ...refused], warnings: [...check.warnings, ...warned] };
}
/** The interlocks of the `restore` action: a person asked for exactly this id. */
function checkAskedRestore(facts, origin, allowOlder) {
    const check = checkSnapshot(facts);
    const { snapshot } = check;
    if (snapshot === null || allowOlder)
        return check;
    const refusals = [...check.refusals];
    const marker = parseMarker(snapshot.description);
    const run = normalizeOrigin(origin);
    if (marker !== null &&
        isOwn(marker, origin) &&
        marker.runId === run.runId &&
        marker.runAttempt < run.runAttempt) {
        refusals.push(`it was made by attempt ${marker.runAttempt} of this run, and this is attempt ${run.runAttempt}: re-run jobs keep outputs of earlier attempts (allow_older: true restores it all the same)`);
    }
    const { refused, warned } = judgeNewer(facts, snapshot);
    const hint = refused.map((text) => `${text} (allow_older: true restores it all the same)`);
    return { snapshot, refusals: [...refusals, ...hint], warnings: [...check.warnings, ...warned] };
}
function checkSnapshot(facts) {
    const { list, snapshotId } = facts;
    const refusals = [];
    if (!list.complete)
        refusals.push("the API's list of snapshots is incomplete");
    if (facts.serverStatus === 'restoring')
        refusals.push('the server is already being restored');
    const found = list.snapshots.filter((s) => s.id === snapshotId);
    const snapshot = found[0] ?? null;
    if (snapshot === null) {
        refusals.push('it is not in the list; it may have been deleted');
        return { refusals, warnings: [], snapshot };
    }
    if (found.length > 1)
        refusals.push(`the list shows two snapshots with the id ${snapshotId}`);
    if (!model_isAddressable(snapshot))
        refusals.push('its id is too large a number to be sure of its digits');
    if (status_meaningOf(snapshot.status) !== 'completed') {
        refusals.push(`it is '${snapshot.status}', not 'completed'`);
    }
    const isNameless = server_idsOf(snapshot.server).length === 0;
    // Of a snapshot that names no server only its own mark can tell.
    if (isNameless && (facts.key === null || marker_parseMarker(snapshot.description)?.key !== facts.key)) {
        refusals.push('it names no server, so nobody can tell which one it would overwrite');
    }
    else if (facts.serverIds.length > 0 && !isNameless && !isOfServer(snapshot.server, facts.serverIds)) {
        refusals.push(`it belongs to another server (${snapshot.server.id ?? 'unknown'})`);
    }
    return { refusals, warnings: [], snapshot };
}
/** A newer marked snapshot means that somebody deployed since: restoring would undo their work too. */
function judgeNewer(facts, mine) {
    const refused = [];
    const warned = [];
    for (const other of facts.list.snapshots) {
        if (other === mine || !isOnSameServer(other, mine, facts.serverIds) || !age_mayBeNewer(other, mine))
            continue;
        const marker = marker_parseMarker(other.description);
        if (marker === null) {
            warned.push(`snapshot ${other.id}, newer and not made by this action, is on the server`);
        }
        else if (facts.key === null || marker.key !== facts.key) {
            refused.push(`a newer snapshot (${other.id}, '${other.status}') was made by run ${marker.runId} of ${marker.repository}: a restore would undo what followed it`);
        }
    }
    return { refused, warned };
}
function isOnSameServer(other, mine, serverIds) {
    // The list was asked for by server: one that names none is more likely of this server than of another.
    if (other.server.id === null && other.server.uuid === null)
        return true;
    return isOfServer(other.server, [...serverIds, ...server_idsOf(mine.server)]);
}

;// CONCATENATED MODULE: ./build/snapshots/policy.js
/** What the post step does: one pure decision over what main saved and how the job went (design §3.4). */
/** What `restore_if` says; `null` for anything that is no boolean. */
function policy_readRestoreIf(value) {
    if (value === '')
        return 'unset';
    if (/^(true|True|TRUE)$/.test(value))
        return 'yes';
    if (/^(false|False|FALSE)$/.test(value))
        return 'no';
    return null;
}
/** The rules 2 to 4 of design §3.4, in their order; the first that matches wins. */
function decidePost(facts) {
    const restoreIf = policy_readRestoreIf(facts.restoreIf);
    if (!facts.succeeded)
        return decideUnfinished(facts, restoreIf === 'yes');
    if (restoreIf === null) {
        return {
            action: 'keep',
            red: true,
            why: `'restore_if' is ${JSON.stringify(facts.restoreIf)}, which is neither true nor false`,
        };
    }
    const { jobStatus } = facts;
    if (jobStatus !== 'success' && jobStatus !== 'failure' && jobStatus !== 'cancelled') {
        return { action: 'keep', why: `the job's status is ${JSON.stringify(jobStatus)}, which is unknown here` };
    }
    if (restoreIf === 'yes')
        return { action: 'restore', why: "'restore_if' is true" };
    if (jobStatus === 'success') {
        return { action: 'clean_up', why: `the job succeeded and 'on_success' is '${facts.policy.onSuccess}'` };
    }
    return decideFailed(facts, jobStatus, restoreIf === 'no');
}
function decideUnfinished(facts, restoreAsked) {
    const deleted = (facts.jobStatus === 'failure' && facts.policy.onFailure === 'delete') ||
        (facts.jobStatus === 'cancelled' && facts.policy.onCancel === 'delete');
    const why = 'the snapshot step did not succeed, so no deploy could rely on its snapshot';
    if (deleted)
        return { action: 'delete', why };
    return { action: 'keep', why: `${why}; nothing is restored`, red: restoreAsked };
}
function decideFailed(facts, jobStatus, restoreForbidden) {
    const input = jobStatus === 'failure' ? 'on_failure' : 'on_cancel';
    const wanted = jobStatus === 'failure' ? facts.policy.onFailure : facts.policy.onCancel;
    const ended = jobStatus === 'failure' ? 'the job failed' : 'the job was cancelled or timed out';
    const note = restoreForbidden ? ", and 'restore_if' is false" : '';
    if (wanted !== 'restore')
        return { action: wanted, why: `${ended} and '${input}' is '${wanted}'${note}` };
    if (restoreForbidden)
        return { action: 'keep', why: `${ended}, but 'restore_if' is false` };
    if (facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled') {
        return {
            action: 'keep',
            why: `the job had already ended as '${facts.statusBefore}' when the snapshot was taken, which says nothing about the deploy`,
        };
    }
    return { action: 'restore', why: `${ended} and '${input}' is 'restore'` };
}

;// CONCATENATED MODULE: ./build/snapshots/schedule.js
/** How long to pause before the next look (design §2.1 `poll_interval`, §3.3). All in milliseconds. */
const schedule_SECOND = 1000;
const MINUTE = 60 * schedule_SECOND;
/** A pause while something is in doubt; the spans that the design gives as "looks" are counted in these. */
const DOUBT_PAUSE = 3 * schedule_SECOND;
const SPARSE_PAUSE = 15 * schedule_SECOND;
const DENSE_PAUSE = 4 * schedule_SECOND;
const HEALTH_PAUSE = 5 * schedule_SECOND;
/** Spans counted in looks, so that they shrink with `poll_interval`: 10 looks 3 s apart are 30 s. */
const schedule_LOOKS = {
    /** Absent from complete lists this often after a lost answer: the request was not carried out. */
    unclearCreate: 5,
    /** The same after a time-out or a 504: the server may still be at work on it. */
    slowCreate: 20,
    /** A snapshot once seen, then missing: gone (30 s). */
    gone: 10,
    /** An accepted snapshot that no list shows (2 min). */
    neverListed: 40,
    /** A restore that nothing shows to have begun (2 min). */
    begin: 40,
    /** An unclear answer to a restore (60 s). */
    unclearRestore: 20,
    /** Tries to create after a rotation, while the API still says that the server is full (60 s). */
    slotFreed: 20,
    /** Requests to start a server whose state cannot be read (60 s). */
    unseenStart: 20,
    /** `active` seen this often after an unanswered stop request: the stop did not happen (30 s). */
    stillActive: 10,
};
/** When the documented work usually ends, counted from its start: 3–10 and 5–15 minutes [D]. */
const EXPECTED = {
    snapshot: { from: 3 * MINUTE, to: 10 * MINUTE },
    restore: { from: 5 * MINUTE, to: 15 * MINUTE },
};
/** The schedule for a `poll_interval` in ms, or `null` for the adaptive one. */
function createSchedule(pollInterval) {
    return {
        work(kind, elapsed) {
            if (pollInterval !== null)
                return pollInterval;
            const { from, to } = EXPECTED[kind];
            return elapsed >= from && elapsed < to ? DENSE_PAUSE : SPARSE_PAUSE;
        },
        doubt: pollInterval ?? DOUBT_PAUSE,
        health: pollInterval ?? HEALTH_PAUSE,
        retry: pollInterval,
    };
}

;// CONCATENATED MODULE: ./build/github/log.js
/** The runner shows ten annotations of a kind for a step; the rest would vanish, so it goes to the log. */
const MOST_ANNOTATIONS = 9;
function createLog(runner, clock) {
    const events = [];
    const alerts = [];
    const annotate = (kind, title, text, command) => {
        const whole = command === undefined ? text : `${text}\n${command}`;
        if (alerts.filter((a) => a.kind === kind).length < MOST_ANNOTATIONS)
            runner.annotate(kind, title, whole);
        else
            runner.write(`${kind}: ${title}: ${whole}`);
        alerts.push({ kind, title, text, ...(command !== undefined && { command }) });
    };
    return {
        info: (text) => runner.write(text),
        debug: (text) => runner.debug(text),
        event(subject, text) {
            events.push({ at: clock.wall(), subject, text });
            runner.write(subject === '' ? text : `${subject}: ${text}`);
        },
        group(title, lines) {
            runner.startGroup(title);
            for (const line of lines)
                runner.write(line);
            runner.endGroup();
        },
        notice: (title, text) => annotate('notice', title, text),
        warning: (title, text, command) => annotate('warning', title, text, command),
        error: (title, text, command) => annotate('error', title, text, command),
        events: () => events,
        alerts: () => alerts,
    };
}
/** An error with everything that caused it, outermost first, each message once. */
function log_describeError(error) {
    const messages = [];
    for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 6; depth += 1) {
        const message = cause instanceof Error ? cause.message || cause.name : JSON.stringify(cause);
        if (!messages.some((known) => known.includes(message)))
            messages.push(message);
        cause = cause instanceof Error ? cause.cause : undefined;
    }
    return messages.join('\n  caused by: ');
}

;// CONCATENATED MODULE: ./build/vps/errors.js
/** The one error of the API client. Callers decide from its fields, never from its text. */
class errors_VpsError extends Error {
    name = 'VpsError';
    kind;
    method;
    path;
    status;
    detail;
    retryAfter;
    constructor(fields, options) {
        super(describe(fields) + (fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`), options);
        this.kind = fields.kind;
        this.method = fields.method;
        this.path = fields.path;
        this.status = fields.status;
        this.detail = fields.detail;
        this.retryAfter = fields.retryAfter;
    }
}
/**
 * Whether the API refused the request, cannot have carried it out, or may have.
 * A 5xx says nothing: a proxy gives it while the server behind is at work.
 */
function errors_certaintyOf(error) {
    switch (error.kind) {
        case 'refused':
        case 'unresolved':
        case 'certificate':
        case 'deadline':
        case 'cancelled':
        case 'unsafe_id':
            return 'not_done';
        case 'http':
            if (error.status === 429)
                return 'not_done';
            return error.status !== undefined && error.status >= 400 && error.status < 500 && error.status !== 408
                ? 'refused'
                : 'unclear';
        case 'reset':
        case 'timeout':
        case 'cut':
        case 'too_large':
        case 'malformed':
            return 'unclear';
    }
}
/** Whether the server may still be at work on a request with an unclear answer. */
function errors_isSlow(error) {
    return error.kind === 'timeout' || error.status === 504 || error.status === 408;
}
/** Whether the API does not let this token ask, or has no such call; it does not tell the two apart. */
function isDenied(error) {
    return error.status === 403 || error.status === 404 || error.status === 405;
}
/** Whether the same question may have another answer later: an outage, not a refusal. */
function isTransient(error) {
    if (error.kind === 'http')
        return error.status === 408 || error.status === 429 || (error.status ?? 0) >= 500;
    return error.kind !== 'certificate' && error.kind !== 'cancelled' && error.kind !== 'unsafe_id';
}
function describe(fields) {
    const { kind, method, path, status } = fields;
    const detail = fields.detail?.replace(/\.$/, '');
    const request = `${method} ${path}`;
    switch (kind) {
        case 'http':
            return `${request} was answered with ${status}${detail ? `: ${detail}` : ''}${adviceFor(fields)}`;
        case 'malformed':
            return `${request}: the answer (${status ?? 'no status'}) is not what the VPS.org API documents${detail ? `: ${detail}` : ''}`;
        case 'refused':
            return `${request}: the connection was refused; check 'api_url' and whether the API is up`;
        case 'unresolved':
            return `${request}: the host name could not be resolved; check 'api_url' and the runner's network`;
        case 'certificate':
            return `${request}: the server's certificate was not accepted; for a private authority set NODE_EXTRA_CA_CERTS`;
        case 'reset':
            return `${request}: the connection was lost before the answer was complete`;
        case 'cut':
            return `${request}: the answer was cut short`;
        case 'timeout':
            return `${request}: no complete answer in time`;
        case 'too_large':
            return `${request}: the answer is larger than 10 MiB and was not read`;
        case 'deadline':
            return `${request}: not sent, the time for this operation is over${detail ? ` (${detail})` : ''}`;
        case 'unsafe_id':
            return `${request}: not sent, the id cannot be used safely`;
        case 'cancelled':
            return `${request}: not sent or not waited for, because the job was cancelled`;
    }
}
/** What a call is for, in the words of a permission. */
function purposeOf({ method, path }) {
    const [, resource, , call] = path.split('/');
    if (resource === 'servers')
        return call === 'power' ? 'to start and stop servers' : 'to read servers';
    if (method === 'GET')
        return 'to read snapshots';
    if (method === 'DELETE')
        return 'to delete snapshots';
    return call === 'restore' ? 'to restore snapshots' : 'to make snapshots';
}
function adviceFor(fields) {
    const { status } = fields;
    switch (status) {
        case 401:
            return ". The API token is wrong, revoked or expired: make a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names";
        case 403:
            return `. The API token lacks a permission for this call, likely ${purposeOf(fields)}: give it at VPS.org (Account → Developers), or use another token`;
        case 404:
            return /^\/snapshots\/(\?|$)/.test(fields.path) && fields.method === 'GET'
                ? ". There is no such address: check 'api_url', which normally ends in /api/v1"
                : '';
        case 429:
            return '. The API limits the number of requests: try again later, or use a longer poll_interval';
        default:
            if (status !== undefined && status >= 500)
                return '. The API or a proxy before it is in trouble: try again later';
            if (status !== undefined && status >= 300 && status < 400) {
                return ". The API sent a redirect, which is not followed: check 'api_url'";
            }
            return '';
    }
}

;// CONCATENATED MODULE: ./build/snapshots/waiting.js




function startWatch(id, key) {
    return { id, key, seen: false, missing: 0 };
}
/** Whether an id that this list does not show is not there: one without a usable id could be any. */
function provesAbsence(list) {
    return list.complete && list.snapshots.every((s) => s.id !== '');
}
/** All listed snapshots that carry a key, best first: completed before pending before failed, then oldest. */
function waiting_findByKey(snapshots, key) {
    const rank = { completed: 0, pending: 1, failed: 2 };
    return snapshots
        .filter((s) => marker_parseMarker(s.description)?.key === key)
        .toSorted((a, b) => rank[status_meaningOf(a.status)] - rank[status_meaningOf(b.status)] || age_newestFirst(b, a));
}
/**
 * Which of the snapshots with a step's key may go: all but its own, which the outputs name, when that is completed;
 * all but a completed twin when its own has failed. `null` while no completed one is known to stay.
 */
function findSurplus(own, twins) {
    const isCompleted = ({ status }) => status_meaningOf(status) === 'completed';
    const isFailed = status_meaningOf(own.status) === 'failed';
    const keeper = isFailed ? twins.find(isCompleted) : [own].find(isCompleted);
    return keeper === undefined ? null : [own, ...twins].filter((each) => each !== keeper);
}
/**
 * What one more list says about an awaited snapshot (design §3.3). Absence counts in complete lists only; a
 * snapshot seen before is gone after {@link LOOKS.gone} of them, one never seen is given up after
 * {@link LOOKS.neverListed}.
 */
function observeList(watch, list) {
    const keyed = watch.key === null ? [] : waiting_findByKey(list.snapshots, watch.key);
    const listed = list.snapshots.find((s) => s.id === watch.id);
    const family = listed === undefined || keyed.includes(listed) ? keyed : [...keyed, listed];
    const snapshot = chooseSnapshot(family, watch.id);
    if (snapshot === null) {
        const absent = watch.key === null ? provesAbsence(list) : list.complete;
        const missing = absent ? watch.missing + 1 : watch.missing;
        const limit = watch.seen ? LOOKS.gone : LOOKS.neverListed;
        const verdict = missing < limit ? 'pending' : watch.seen ? 'gone' : 'never_listed';
        return { watch: { ...watch, missing }, verdict, snapshot: null, twins: [] };
    }
    return {
        watch: { ...watch, id: snapshot.id, seen: true, missing: 0 },
        verdict: meaningOf(snapshot.status),
        snapshot,
        twins: family.filter((s) => s !== snapshot && (s.id === '' || s.id !== snapshot.id)),
    };
}
/**
 * The oldest completed one; while none is completed, the one already named stays unless it has failed. One without
 * a usable id never takes the place of what has one.
 */
function chooseSnapshot(family, id) {
    const best = family.find((s) => s.id !== '') ?? null;
    const named = family.find((s) => s.id === id);
    if (named === undefined || best === null)
        return best;
    return meaningOf(best.status) === 'completed' || meaningOf(named.status) === 'failed' ? best : named;
}

;// CONCATENATED MODULE: ./build/snapshots/retention.js




/**
 * Kept or deleted, for each snapshot of a server, and why (design §3.6). Deletions come in the order in which
 * to carry them out: failed ones first, then from the oldest on, so that a cut-off leaves the newest.
 */
function planRetention(facts) {
    const newest = facts.snapshots
        .filter((s) => marker_isOwn(marker_parseMarker(s.description), facts.origin) && status_meaningOf(s.status) === 'completed')
        // One that this tool could not restore is no restore point that it may count on.
        .filter(model_isAddressable)
        .toSorted(age_newestFirst)
        .slice(0, facts.rule.keepLast);
    return facts.snapshots
        .toSorted(age_newestFirst)
        .map((snapshot) => {
        const reason = reasonToKeep(snapshot, newest, facts);
        if (reason !== null)
            return { snapshot, action: 'keep', why: reason };
        return { snapshot, action: 'delete', why: reasonToDelete(snapshot, facts.rule) };
    })
        .toSorted((a, b) => rank(a) - rank(b) || (a.action === 'delete' ? age_newestFirst(b.snapshot, a.snapshot) : 0));
}
function rank({ action, snapshot }) {
    if (action === 'keep')
        return 2;
    return status_meaningOf(snapshot.status) === 'failed' ? 0 : 1;
}
function reasonToKeep(snapshot, newest, facts) {
    const { rule, now } = facts;
    const marker = marker_parseMarker(snapshot.description);
    if (marker === null)
        return 'not made by this action';
    if (!marker_isOwn(marker, facts.origin))
        return `made by another repository (${marker.repository})`;
    if (marker.runId === marker_normalizeOrigin(facts.origin).runId)
        return 'made by this run';
    if (facts.protectedIds?.includes(snapshot.id))
        return 'used by this run';
    if (status_meaningOf(snapshot.status) === 'pending')
        return `not finished ('${snapshot.status}')`;
    if (newest.includes(snapshot))
        return rule.keepLast === 1 ? 'the newest completed' : `among the newest ${rule.keepLast} completed`;
    if (!model_isAddressable(snapshot))
        return 'its id cannot be used safely';
    const age = age_ageOf(snapshot, now);
    if (age === null)
        return 'its creation time is missing, unreadable or in the future';
    if (rule.olderThan !== null && age <= rule.olderThan)
        return 'not old enough';
    return null;
}
function reasonToDelete(snapshot, rule) {
    if (status_meaningOf(snapshot.status) === 'failed')
        return `'${snapshot.status}' is no restore point`;
    const beyond = rule.keepLast === 1 ? 'not the newest completed' : `beyond the newest ${rule.keepLast} completed`;
    return rule.olderThan === null ? beyond : `${beyond}, and old enough`;
}

;// CONCATENATED MODULE: ./build/actions/identity.js


/** Which server a typed id means: a number and a UUID may be one server, and a list names servers by number only [D]. */
/** Learns the server's ids and name; gives why that was not possible, which alone stops nothing. */
async function meetServer(track, deps, until) {
    try {
        track.meet(await deps.api.getServer(track.record.server, until));
        return null;
    }
    catch (error) {
        if (error instanceof VpsError)
            return error;
        throw error;
    }
}
/**
 * Asks the API which server the typed id means, before anything is deleted of a server that was only assumed to
 * be that one. Throws where it is another one, or where nobody can tell.
 */
async function identity_confirmServer(serverId, snapshots, deps, until) {
    const ids = [serverId, ...server_idsOf(await deps.api.getServer(serverId, until))];
    const stranger = snapshots.find((snapshot) => !isOfServer(snapshot.server, ids));
    if (stranger === undefined)
        return;
    throw new Error(`snapshot ${stranger.id} is of server ${stranger.server.id ?? 'unknown'}, and nothing shows that this is server ${serverId}; give 'server_id' in the form in which the API lists it`);
}

;// CONCATENATED MODULE: ./build/snapshots/reuse.js




const DAY = (/* unused pure expression or super */ null && (24 * 60 * 60 * 1000));
/**
 * The snapshot that an earlier attempt of this run made before its deploy, or why none is taken
 * (`on_rerun: reuse`, design §3.2). A snapshot that any later deploy may have followed is not reused: it
 * would not be the state before the first, failed deploy.
 */
function reuse_findReusable(facts) {
    const origin = normalizeOrigin(facts.origin);
    if (origin.runAttempt < 2)
        return { why: 'this is the first attempt of the run' };
    if (!facts.complete)
        return { why: 'the list of snapshots is incomplete' };
    const earlier = facts.snapshots.filter((s) => {
        const m = parseMarker(s.description);
        return (m !== null &&
            m.repositoryId === origin.repositoryId &&
            m.runId === origin.runId &&
            m.runAttempt < origin.runAttempt &&
            m.job === origin.job &&
            m.step === origin.step);
    });
    if (earlier.length === 0)
        return { why: 'no earlier attempt of this run has a snapshot of this job and step there' };
    const completed = earlier.filter((s) => meaningOf(s.status) === 'completed');
    const [snapshot, second] = completed;
    if (snapshot === undefined)
        return { why: `the earlier snapshot is not completed ('${earlier[0]?.status ?? ''}')` };
    if (second !== undefined)
        return { why: `${completed.length} earlier snapshots qualify, so none is certain` };
    if (!isAddressable(snapshot))
        return { why: 'the earlier snapshot has no usable id' };
    const age = ageOf(snapshot, facts.now);
    if (age === null)
        return { why: 'the creation time of the earlier snapshot is missing, unreadable or in the future' };
    if (age >= DAY)
        return { why: 'the earlier snapshot is 24 hours old or older' };
    const newer = facts.snapshots.find((s) => s !== snapshot && parseMarker(s.description) !== null && mayBeNewer(s, snapshot));
    if (newer !== undefined)
        return { why: `a newer marked snapshot (${newer.id}) is on the server` };
    return { snapshot };
}

;// CONCATENATED MODULE: ./build/snapshots/slots.js




/** Snapshots that a server can have [D]; one in progress is assumed to count [?]. */
const slots_SLOT_LIMIT = 5;
/** Whether a new snapshot has a slot, and which one would be deleted to make room (design §3.2). */
function slots_planSlot(facts) {
    const { snapshots, whenFull } = facts;
    if (snapshots.length < slots_SLOT_LIMIT)
        return { kind: 'free' };
    if (whenFull === 'fail')
        return { kind: 'full', why: "'when_full' is 'fail'" };
    if (!facts.complete)
        return { kind: 'full', why: 'the list of snapshots is incomplete, so none is deleted' };
    const own = snapshots.filter((s) => isOwn(parseMarker(s.description), facts.origin));
    if (own.length === 0)
        return { kind: 'full', why: 'none of them was made by this repository' };
    if (own.some((s) => meaningOf(s.status) === 'pending')) {
        return { kind: 'full', why: 'a snapshot of this repository is still in progress there' };
    }
    const run = normalizeOrigin(facts.origin).runId;
    const candidates = own
        .filter((s) => parseMarker(s.description)?.runId !== run)
        .filter((s) => isAddressable(s) && ageOf(s, facts.now) !== null)
        .toSorted((a, b) => newestFirst(b, a));
    const failed = candidates.find((s) => meaningOf(s.status) === 'failed');
    const victim = failed ?? candidates[0];
    if (victim === undefined) {
        return {
            kind: 'full',
            why: "this repository's own ones were made by this run, or have no usable id or time, and are not deleted",
        };
    }
    const completed = own.filter((s) => meaningOf(s.status) === 'completed');
    return {
        kind: 'rotate',
        victim,
        why: failed ? `it failed ('${victim.status}') and is no restore point` : "it is this repository's oldest",
        lastRestorePoint: !failed && completed.length === 1,
    };
}
/** Marked snapshots in progress that this step did not make: somebody else works on the server. */
function slots_findRunning(snapshots, ownKey) {
    return snapshots.filter((s) => {
        const marker = parseMarker(s.description);
        return marker !== null && marker.key !== ownKey && meaningOf(s.status) === 'pending';
    });
}

;// CONCATENATED MODULE: ./build/github/reader.js

/** All mistakes in the inputs, told together; nothing has been sent. */
class InputError extends Error {
    name = 'InputError';
    problems;
    constructor(problems) {
        const count = problems.length === 1 ? 'The inputs have a mistake' : `The inputs have ${problems.length} mistakes`;
        super(`${count}; nothing was sent to VPS.org:\n${problems.map((p) => `- ${p}`).join('\n')}`);
        this.problems = problems;
    }
}
const SHORTEST_POLL = 100;
/**
 * Reads inputs one by one and collects what is wrong with them. An empty input means its default: a caller
 * that passes an unset variable on cannot tell the two apart.
 */
class reader_InputReader {
    problems = [];
    #get;
    constructor(get) {
        this.#get = get;
    }
    text(name) {
        return this.#get(name);
    }
    /** The parsed value, or `fallback` for an empty input and after a mistake. */
    read(name, fallback, parse) {
        const text = this.#get(name);
        if (text === '')
            return fallback;
        return this.attempt(name, fallback, () => parse(text));
    }
    attempt(name, fallback, parse) {
        try {
            return parse();
        }
        catch (error) {
            this.problem(name, error instanceof Error ? error.message : String(error));
            return fallback;
        }
    }
    problem(name, what) {
        this.problems.push(`'${name}': ${what}`);
    }
    ids(name, what) {
        const ids = this.read(name, [], values_parseIds);
        if (ids.length === 0 && !this.problems.some((p) => p.startsWith(`'${name}'`)))
            this.problem(name, what);
        return ids;
    }
    pollInterval() {
        return this.read('poll_interval', null, (text) => values_parseDuration(text, { min: SHORTEST_POLL }));
    }
    /** Throws {@link InputError} if anything was wrong. */
    finish(inputs) {
        if (this.problems.length > 0)
            throw new InputError(this.problems);
        return inputs;
    }
}

;// CONCATENATED MODULE: ./build/actions/errors.js


/** The use case ends because the job was cancelled. */
class CancelledError extends Error {
    name = 'CancelledError';
    constructor() {
        super('The job was cancelled');
    }
}
/** A use case that ends red: what happened, to which server or snapshot, and what to do. */
class errors_FailedError extends Error {
    name = 'FailedError';
    /** Title of the annotation. */
    title;
    /** A command for people to copy. */
    command;
    constructor(title, message, options = {}) {
        super(message, options);
        this.title = title;
        this.command = options.command;
    }
}
/** A use case that ends red, and whose every reason is an annotation already. */
class ToldError extends Error {
    name = 'ToldError';
}
/** What people are told of an error that ended a use case. */
function alertOf(error) {
    const text = log_describeError(error);
    if (error instanceof errors_FailedError) {
        return {
            kind: 'error',
            title: error.title,
            text,
            ...(error.command !== undefined && { command: error.command }),
        };
    }
    const title = error instanceof InputError ? 'Wrong inputs' : 'VPS.org snapshot action failed';
    return { kind: 'error', title, text };
}

;// CONCATENATED MODULE: ./build/actions/look.js


/** Asks once; an outage is an answer of its own, everything else that fails is thrown. */
async function look_look(ask) {
    try {
        return { value: await ask() };
    }
    catch (error) {
        if (error instanceof errors_VpsError && isTransient(error))
            return { outage: error };
        throw error;
    }
}
/** A list that everything after it depends on; throws {@link FailedError} with its cause where there is none. */
async function look_requireList(ask, title, text) {
    try {
        return await ask();
    }
    catch (cause) {
        throw new FailedError(title, text, { cause });
    }
}
/** Several lists as one: complete only if all are; a snapshot that is in two of them stands in it once. */
function joinLists(lists) {
    const all = lists.flatMap((list) => list.snapshots);
    const first = new Map(all.toReversed().map((snapshot) => [snapshot.id, snapshot]));
    return {
        snapshots: all.filter((snapshot) => snapshot.id === '' || first.get(snapshot.id) === snapshot),
        complete: lists.every((list) => list.complete),
        now: lists.at(-1)?.now ?? null,
        pages: lists.reduce((sum, list) => sum + list.pages, 0),
    };
}

// EXTERNAL MODULE: external "os"
var external_os_ = __nccwpck_require__(857);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_.EOL);
}
function issue(name, message = '') {
    issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");
// EXTERNAL MODULE: external "fs"
var external_fs_ = __nccwpck_require__(896);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_.appendFileSync(filePath, `${toCommandValue(message)}${external_os_.EOL}`, {
        encoding: 'utf8'
    });
}
function prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_.EOL}${convertedValue}${external_os_.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");
// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map
// EXTERNAL MODULE: ./node_modules/tunnel/index.js
var tunnel = __nccwpck_require__(770);
// EXTERNAL MODULE: ./scripts/shims/undici.cjs
var undici = __nccwpck_require__(607);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = pm.getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject : external_http_namespaceObject;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_.Agent(options) : new external_http_.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new undici.ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var auth_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new HttpClient('actions/oidc-client', [new BearerCredentialHandler(OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_.constants.R_OK | external_fs_.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = _summary;
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, external_path_namespaceObject.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");
// EXTERNAL MODULE: external "events"
var external_events_ = __nccwpck_require__(434);
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");
// EXTERNAL MODULE: external "assert"
var external_assert_ = __nccwpck_require__(613);
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io-util.js
var io_util_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open: io_util_open, readdir, rename, rm, rmdir, stat, symlink, unlink: io_util_unlink } = external_fs_.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_.constants.O_RDONLY;
function exists(fsPath) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function isDirectory(fsPath_1) {
    return io_util_awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return io_util_awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = external_path_namespaceObject.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = external_path_namespaceObject.dirname(filePath);
                        const upperName = external_path_namespaceObject.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = external_path_namespaceObject.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io.js
var io_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield io_copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (ioUtil.IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield ioUtil.rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return io_awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function which(tool, check) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield which(tool, false);
            if (!result) {
                if (IS_WINDOWS) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return io_awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (IS_WINDOWS && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_namespaceObject.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (isRooted(tool)) {
            const filePath = yield tryGetExecutablePath(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_namespaceObject.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_namespaceObject.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield tryGetExecutablePath(external_path_namespaceObject.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield io_copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function io_copyFile(srcFile, destFile, force) {
    return io_awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const toolrunner_IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (toolrunner_IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_.EOL.length);
                n = s.indexOf(external_os_.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (toolrunner_IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!isRooted(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_namespaceObject.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield which(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield exists(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new external_string_decoder_namespaceObject.StringDecoder('utf8');
        const stderrDecoder = new external_string_decoder_namespaceObject.StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_.platform();
const arch = external_os_.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function setSecret(secret) {
    issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${external_path_namespaceObject.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function core_getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = core_getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = core_getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_.EOL);
    issueCommand('set-output', { name }, toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function debug(message) {
    issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    issueCommand('warning', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: ./build/github/state.js


const STEP_STATE = 'step';
function state_serverState(index) {
    return `server_${index}`;
}
/** Reads what main saved; a torn, foreign or half-written state is never usable. */
function loadState(run, get = getState) {
    const text = get(STEP_STATE);
    if (text === '')
        return { kind: 'none', why: 'the snapshot step did not get as far as saving anything' };
    const step = parse(text, isStepRecord);
    if (step === null)
        return unreadable('the saved state of the snapshot step cannot be read', null, []);
    if (step.repositoryId !== run.repositoryId || !isSameRun(step, run)) {
        return { kind: 'none', why: 'the saved state belongs to another run' };
    }
    const servers = [];
    const torn = [];
    for (let index = 0; index < step.servers; index += 1) {
        const saved = get(state_serverState(index));
        if (saved === '')
            continue;
        const record = parse(saved, isServerRecord);
        if (record !== null && isSameRun(record, run))
            servers.push(record);
        else
            torn.push(index + 1);
    }
    if (torn.length > 0)
        return unreadable(`the saved state of server number ${torn.join(', ')} cannot be read`, step, servers);
    if (servers.length === 0)
        return { kind: 'none', why: 'the snapshot step ended before it requested anything' };
    if (step.succeeded && servers.length < step.servers) {
        return unreadable('the saved state lacks a server of the snapshot step', step, servers);
    }
    return { kind: 'usable', step, servers };
}
function unreadable(why, step, servers) {
    return { kind: 'unreadable', why, step, servers };
}
function isSameRun(record, run) {
    return record.runId === run.runId && record.runAttempt === run.runAttempt;
}
function parse(text, check) {
    try {
        const value = JSON.parse(text);
        return check(value) ? value : null;
    }
    catch {
        return null;
    }
}
const isText = (value) => typeof value === 'string';
const isFlag = (value) => typeof value === 'boolean';
const isId = (value) => typeof value === 'string' && ID_PATTERN.test(value);
const isAmount = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const orNull = (check) => (value) => value === null || check(value);
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
const oneOf = (...words) => (value) => words.includes(value);
function shape(checks) {
    return (value) => typeof value === 'object' &&
        value !== null &&
        Object.entries(checks).every(([name, check]) => check(value[name]));
}
const ON_FAILURE = oneOf('keep', 'restore', 'delete');
const isStepRecord = shape({
    version: oneOf(1),
    repositoryId: isText,
    runId: isText,
    runAttempt: isAmount,
    apiUrl: isText,
    servers: isAmount,
    policy: shape({
        onFailure: ON_FAILURE,
        onCancel: ON_FAILURE,
        onSuccess: oneOf('keep', 'delete'),
        keepLast: isAmount,
    }),
    restoreTimeout: isAmount,
    pollInterval: orNull(isAmount),
    healthUrls: listOf(isText),
    dryRun: isFlag,
    statusBefore: isText,
    succeeded: isFlag,
});
const isServerRecord = shape({
    version: oneOf(1),
    runId: isText,
    runAttempt: isAmount,
    server: isId,
    ids: listOf(isId),
    serverName: orNull(isText),
    key: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
    name: isText,
    phase: oneOf('planned', 'intent', 'refused', 'created', 'completed'),
    snapshotId: orNull(isId),
    exact: isFlag,
    shown: isFlag,
    createdAt: orNull(isText),
    sizeMb: orNull((value) => typeof value === 'number'),
    reused: isFlag,
    resent: isFlag,
    twins: listOf(isId),
    power: orNull(shape({
        found: oneOf('active', 'stopped'),
        stop: oneOf('none', 'requested', 'confirmed'),
        started: isFlag,
    })),
});

;// CONCATENATED MODULE: ./build/actions/track.js



function createTrack(deps, index, start) {
    const { runId, runAttempt } = deps.job.origin;
    const track = {
        record: {
            version: 1,
            runId,
            runAttempt,
            ...start,
            ids: [start.server],
            serverName: null,
            phase: 'planned',
            snapshotId: null,
            exact: true,
            shown: false,
            createdAt: null,
            sizeMb: null,
            reused: false,
            resent: false,
            twins: [],
            power: null,
        },
        snapshot: null,
        before: null,
        save(patch) {
            track.record = { ...track.record, ...patch };
            deps.runner.saveState(serverState(index), JSON.stringify(track.record));
        },
        meet(server) {
            const ids = [...new Set([...track.record.ids, ...idsOf(server)])];
            track.save({ ids, serverName: server.name ?? track.record.serverName });
        },
        show(seen) {
            track.snapshot = seen.snapshot ?? track.snapshot;
            track.before = seen.before ?? track.before;
        },
    };
    return track;
}
/** A server as people know it: `web-server-01 (12345)`. */
function track_labelOf(record) {
    return record.serverName ? `${record.serverName} (${record.server})` : record.server;
}
/** The server of a snapshot as people know it; `fallback` where the API names none. */
function labelOfServer(server, fallback = 'an unknown server') {
    return track_labelOf({ server: server?.id ?? server?.uuid ?? fallback, serverName: server?.name ?? null });
}
/** A snapshot's id as people read it. */
function track_showId(id) {
    return id === '' ? 'without a usable id' : id;
}
/** Sets the outputs from what is known by now, as soon as there is a snapshot. */
function publish(deps, tracks) {
    if (tracks.every(({ record }) => record.snapshotId === null))
        return;
    setSnapshotOutputs(deps.runner, tracks.map(outputOf));
}
function outputOf({ record, snapshot }) {
    const made = record.snapshotId !== null;
    return {
        server_id: record.server,
        server_name: record.serverName,
        snapshot_id: record.snapshotId,
        name: made ? (snapshot?.name ?? record.name) : null,
        status: made ? (snapshot?.status ?? null) : null,
        size_mb: record.sizeMb,
        created_at: record.createdAt,
        created: made ? !record.reused : null,
    };
}
/** The row of the summary for what is known by now. */
function rowOf({ record, snapshot, before }) {
    const made = [...(record.snapshotId === null ? [] : [record.snapshotId]), ...record.twins];
    return {
        server: track_labelOf(record),
        snapshotId: record.snapshotId,
        name: record.snapshotId === null ? null : (snapshot?.name ?? record.name),
        status: snapshot?.status ?? (record.phase === 'intent' ? 'uncertain' : null),
        sizeMb: record.sizeMb,
        createdAt: record.createdAt,
        slotsUsed: before === null ? null : before.filter((s) => !made.includes(s.id)).length + made.length,
    };
}

;// CONCATENATED MODULE: ./build/actions/creation-errors.js








/** Why no snapshot came about, for which server, and what to do: the errors of planning and creating. */
/** All slots are in use: who has them, so that a person can decide. `remark` follows "no snapshot was made". */
function creation_errors_serverFull(track, deps, snapshots, remark, options) {
    const lines = snapshots.map((snapshot) => describeSlot(snapshot, deps, options.now));
    return new FailedError('Server full', `${labelOf(track.record)} has ${snapshots.length} snapshots, and VPS.org allows ${SLOT_LIMIT} for a server; no snapshot was made${remark}.\n${lines.join('\n')}\n${adviseOnFull(snapshots, deps, options.rotates)}`, options.cause && { cause: options.cause });
}
/** How to get a slot, given whose the snapshots are. */
function adviseOnFull(snapshots, deps, rotates) {
    const own = snapshots.filter((s) => isOwn(parseMarker(s.description), deps.job.origin));
    if (snapshots.every(({ status }) => meaningOf(status) === 'pending'))
        return 'All of them are in progress: wait until they are complete.';
    if (own.length === 0)
        return "None of them was made by this repository, so neither 'when_full: rotate' nor the prune action deletes one. Delete one that nobody needs in the panel of VPS.org, or with the delete action and 'force: true'.";
    const rotate = rotates
        ? ''
        : ", or set 'when_full: rotate' to let this action delete one of this repository's own";
    return `Delete one that nobody needs (the delete action, or the panel), keep fewer with 'keep_last' or the prune action${rotate}.`;
}
function describeSlot(snapshot, deps, now) {
    const marker = parseMarker(snapshot.description);
    const own = isOwn(marker, deps.job.origin) ? 'made by this repository' : null;
    const whose = own ?? (marker ? `made by ${marker.repository}` : 'not made by this action');
    const age = ageOf(snapshot, now);
    const since = age === null ? 'of unknown age' : `${formatElapsed(age)} old`;
    const { id, name, status, createdAt, sizeMb } = snapshot;
    return `- ${id} ${name ?? '(no name)'}: ${status || 'no status'}, ${since} (${createdAt ?? 'no time'}), ${formatSize(sizeMb)}, ${whose}`;
}
const HELP = {
    400: ` VPS.org gives the same answer for a wrong request and for a full server; its list does not show ${slots_SLOT_LIMIT} snapshots, so look at the reason it gave, and at the name.`,
    404: ` No such server, or the token may not see it: check 'server_id' in the panel of VPS.org.`,
};
/** A slot was freed, and the API goes on refusing: what was deleted, and what is left. */
function creation_errors_slotNotFreed(track, deps, deleted, left, options) {
    const lines = left.map((snapshot) => describeSlot(snapshot, deps, options.now));
    return new FailedError('No snapshot was made', `${labelOf(track.record)}: VPS.org goes on refusing the snapshot ${track.record.name}, although snapshot ${deleted.id} was deleted to make room. Left on the server:\n${lines.join('\n') || '- none'}\nIf the reason below speaks of a limit, run the job again in some minutes; VPS.org gives the same answer for a wrong request.`, { cause: options.cause });
}
/** The request was refused or not carried out. */
function creation_errors_notCreated({ record }, failure) {
    const earlier = record.resent
        ? ' An earlier request of this step had an unclear answer, so the snapshot may exist; the post step looks for it.'
        : '';
    return new FailedError('No snapshot was made', `${labelOf(record)}: VPS.org did not make the snapshot ${record.name}.${HELP[failure.status ?? 0] ?? ''}${earlier}`, { cause: failure });
}
/** Nobody can know whether the request was carried out. */
function creation_errors_unknownOutcome({ record }, cause) {
    return new FailedError('Unknown whether a snapshot was made', `${labelOf(record)}: the answer to the create request was lost, and the lists do not tell what became of it. A snapshot ${record.name} may exist or may still appear; the post step looks once more. Run the job again when the API is well.`, { cause });
}
/** A snapshot that looks like this step's but does not carry its mark. */
function creation_errors_unmarkedSuspect({ record }, suspect, cause) {
    return new FailedError('Unknown whether a snapshot was made', `${labelOf(record)}: the answer to the create request was lost. Snapshot ${suspect.id} has the name ${record.name} but not the description that was sent, so it cannot be taken for this step's. Look at it in the panel of VPS.org.`, { cause });
}
/** The answer is about something that this step cannot have made. */
function creation_errors_foreignAnswer({ record }, snapshot, what) {
    return new FailedError('Answer about another snapshot', `${labelOf(record)}: VPS.org answered the create request with snapshot ${snapshot.id}, which ${what}. It is not taken for this step's, and nothing is known of a new one (${record.name}); the post step looks for it. Look at the server in the panel of VPS.org.`);
}
/** The snapshot exists, and its id must not be used. */
function creation_errors_withoutId({ record }) {
    return new FailedError('Snapshot without a usable id', `${labelOf(record)}: the snapshot ${record.name} was made, but the API gives it an id that cannot be used safely. Look for it in the panel of VPS.org.`);
}

;// CONCATENATED MODULE: ./build/actions/plan.js










/**
 * Lists the server's snapshots and decides; changes nothing but what is saved of a reused snapshot. Throws
 * {@link FailedError} where the server is full or the list cannot be about it.
 */
async function planServer(track, inputs, deps, until) {
    const { list, snapshots, now, assumed } = await readSlots(track, deps, until);
    const { origin } = deps.job;
    warnAboutOthers(track, snapshots, deps);
    if (inputs.onRerun === 'reuse') {
        const reusable = findReusable({ snapshots, complete: list.complete, origin, now });
        const doubt = 'snapshot' in reusable && assumed ? await doubtServer(track, reusable.snapshot, deps, until) : null;
        if ('snapshot' in reusable && doubt === null)
            return reuse(track, reusable.snapshot, deps);
        const why = 'snapshot' in reusable ? doubt : reusable.why;
        deps.log.event(labelOf(track.record), `no snapshot is reused: ${why}`);
    }
    const plan = planSlot({ snapshots, complete: list.complete, whenFull: inputs.whenFull, origin, now });
    if (plan.kind === 'free')
        return { kind: 'create', track };
    if (plan.kind === 'full') {
        throw serverFull(track, deps, snapshots, `: ${plan.why}`, { now, rotates: inputs.whenFull === 'rotate' });
    }
    return { ...plan, track, assumed };
}
/** The server's own part of a fresh list. */
async function readSlots(track, deps, until) {
    const { server } = track.record;
    const list = await requireList(() => deps.api.listSnapshots({ serverId: server }, until), 'No snapshot was made', `The snapshots of server ${server} could not be listed, so none was requested.`);
    const match = matchServer(list.snapshots, track.record.ids);
    if (match.unknown) {
        throw new FailedError('Server not recognized', `The list of snapshots for server ${track.record.server} shows only snapshots of other servers, so nobody can tell which slots are used, and nothing was requested. Check 'server_id': give the id in the form that the API uses in its list of snapshots (${list.snapshots[0]?.server.id ?? 'unknown'} is one).`);
    }
    if (match.filterIgnored)
        deps.log.debug('the API ignored the server_id filter; snapshots were matched by their server');
    if (!list.complete)
        deps.log.info(`The list of snapshots for server ${track.record.server} is incomplete`);
    track.show({ before: match.snapshots });
    if (!match.assumed)
        track.save({ ids: match.ids, serverName: match.name });
    deps.log.event(labelOf(track.record), `${match.snapshots.length} of ${SLOT_LIMIT} snapshots before this one`);
    return { list, snapshots: match.snapshots, now: apiTime(list, deps), assumed: match.assumed };
}
/** The API's time; the runner's only where the API tells none. */
function apiTime(list, deps) {
    if (list.now !== null)
        return list.now;
    deps.log.notice('No time from the API', "The API's answers have no date, so ages are counted by the runner's clock.");
    return deps.clock.wall();
}
function warnAboutOthers(track, snapshots, deps) {
    const running = findRunning(snapshots, track.record.key);
    if (running.length === 0)
        return;
    const { runId } = normalizeOrigin(deps.job.origin);
    const makers = running.map((snapshot) => {
        const marker = parseMarker(snapshot.description);
        const maker = marker?.runId === runId ? `attempt ${marker.runAttempt} of this run` : `run ${marker?.runId}`;
        return `${snapshot.id} of ${maker} (${marker?.repository})`;
    });
    deps.log.warning('Another run works on this server', `${labelOf(track.record)}: still in progress: ${makers.join(', ')}. A run that has ended may have left it; two deploys at a time spoil each other's restore points, so let them wait for each other:`, `concurrency:\n  group: deploy-${track.record.server}\n  cancel-in-progress: false`);
}
function reuse(track, snapshot, deps) {
    const marker = parseMarker(snapshot.description);
    track.show({ snapshot });
    track.save({
        phase: 'completed',
        snapshotId: snapshot.id,
        shown: true,
        key: marker?.key ?? track.record.key,
        name: snapshot.name ?? track.record.name,
        createdAt: snapshot.createdAt,
        sizeMb: snapshot.sizeMb,
        reused: true,
    });
    track.meet(snapshot.server);
    deps.log.event(labelOf(track.record), `reusing snapshot ${snapshot.id}, which attempt ${marker?.runAttempt} of this run made`);
    return { kind: 'reuse', track, snapshot };
}
/** Why a snapshot may be of another server than the typed one; `null` where the API says that it is not. */
async function doubtServer(track, snapshot, deps, until) {
    try {
        await confirmServer(track.record.server, [snapshot], deps, until);
        return null;
    }
    catch (error) {
        return describeError(error);
    }
}

;// CONCATENATED MODULE: ./build/snapshots/name.js
/** Snapshot names from a template; the API allows letters, digits, hyphens and underscores [D]. */
/** Our own bound; the API documents none. */
const NAME_LIMIT = 100;
const PLACEHOLDERS = [
    'owner',
    'repo',
    'ref',
    'sha',
    'sha7',
    'run_id',
    'run_number',
    'run_attempt',
    'job',
    'workflow',
    'server_id',
    'date',
    'time',
];
/** The values that may lose their end in a long name; everything else identifies something. */
const SHORTENED = new Set(['owner', 'repo', 'ref', 'job', 'workflow']);
const KNOWN = new Set(PLACEHOLDERS);
function isPlaceholder(word) {
    return KNOWN.has(word);
}
/** Splits a template into text and placeholders; throws one `Error` whose message names every mistake. */
function name_parseTemplate(template) {
    const parts = [];
    const problems = [];
    const unknown = [];
    for (const piece of template.split(/(\{[^{}]*\})/)) {
        const word = /^\{([^{}]*)\}$/.exec(piece)?.[1];
        if (word === undefined) {
            const illegal = [...new Set(piece.replace(/[A-Za-z0-9_-]/g, ''))];
            if (illegal.length > 0) {
                problems.push(`it contains ${illegal.map((c) => JSON.stringify(c)).join(', ')}; only letters, digits, '-' and '_' are allowed outside placeholders`);
            }
            if (piece !== '')
                parts.push({ text: piece });
        }
        else if (isPlaceholder(word)) {
            parts.push({ placeholder: word });
        }
        else {
            unknown.push(`{${word}}`);
        }
    }
    if (unknown.length > 0) {
        problems.push(`unknown placeholder ${unknown.join(', ')}; known ones are {${PLACEHOLDERS.join('} {')}}`);
    }
    if (parts.length === 0 && problems.length === 0)
        problems.push('it is empty');
    const fixed = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 1), 0);
    if (fixed > NAME_LIMIT)
        problems.push(`its own text is longer than ${NAME_LIMIT} characters`);
    if (problems.length > 0)
        throw new Error(problems.join('; '));
    return parts;
}
/** A value as it may stand in a name: `feature/#441` gives `feature-441`, nothing gives `x`. */
function cleanValue(value) {
    return value.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'x';
}
/**
 * The name, at most {@link NAME_LIMIT} characters. Too long a name is shortened in its longest values, never
 * in ids or times; throws where the ids and the template's own text alone are too long.
 */
function renderName(template, values) {
    const pieces = template.map((part) => 'text' in part
        ? { text: part.text, shortened: false }
        : { text: cleanValue(values[part.placeholder]), shortened: SHORTENED.has(part.placeholder) });
    const lengthAt = (cap) => pieces.reduce((sum, p) => sum + (p.shortened ? Math.min(p.text.length, cap) : p.text.length), 0);
    let cap = Math.max(1, ...pieces.map((p) => p.text.length));
    while (cap > 1 && lengthAt(cap) > NAME_LIMIT)
        cap -= 1;
    if (lengthAt(cap) > NAME_LIMIT) {
        throw new Error(`the name would have ${lengthAt(cap)} characters, of which ids and fixed text alone are too many for the limit of ${NAME_LIMIT}`);
    }
    return pieces
        .map((p) => p.shortened && p.text.length > cap ? p.text.slice(0, cap).replace(/-+$/, '') || 'x' : p.text)
        .join('');
}
/** The name for the one further try when the API already has this name under another key. */
function name_addKeySuffix(name, key) {
    const suffix = `-${key.replaceAll('-', '').slice(0, 6)}`;
    return `${name.slice(0, NAME_LIMIT - suffix.length)}${suffix}`;
}
/** `{date}` and `{time}` of an instant (epoch milliseconds), in UTC. */
function formatInstant(epochMs) {
    const iso = new Date(epochMs).toISOString();
    return { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 19).replaceAll(':', '') };
}

;// CONCATENATED MODULE: ./build/actions/deps.js

/** Pauses; throws {@link CancelledError} when the job is or gets cancelled. */
async function deps_pause(deps, ms) {
    if (!deps.cancelled.aborted)
        await deps.clock.sleep(ms, deps.cancelled);
    if (deps.cancelled.aborted)
        throw new CancelledError();
}

;// CONCATENATED MODULE: ./build/actions/creation.js












/**
 * Requests the snapshot of one server, exactly once as far as the API lets anybody know (design §3.2): the
 * intent is saved before each request, the id straight after its answer, and an answer that was lost is looked
 * for in the list instead of asked for again.
 *
 * Throws {@link FailedError} with the API's reason where none was made, or where nobody can know.
 */
async function createSnapshot(track, deps, options) {
    const tries = { renamed: false, whileFull: 0 };
    for (let settled = false; !settled;) {
        const failure = await request(track, deps, options);
        if (failure === null)
            return;
        const settle = certaintyOf(failure) === 'unclear' ? settleUnclear : settleRefused;
        settled = await settle(failure, track, deps, options, tries);
    }
}
/** After a lost answer: true when the snapshot was found, false when the request is to be sent once more. */
async function settleUnclear(failure, track, deps, options) {
    if (await findLostAnswer(track, deps, options, failure))
        return true;
    if (track.record.resent)
        throw unknownOutcome(track, failure);
    deps.log.event(labelOf(track.record), `no list shows the snapshot ${track.record.name}: the request is sent once more, with the same key`);
    track.save({ resent: true });
    return false;
}
/**
 * After a refusal: true when a snapshot of this step turned up, false when another request may be taken. Only a
 * 400 has meanings that a list can tell apart: an earlier request of ours, a taken name, a full server.
 */
async function settleRefused(failure, track, deps, options, tries) {
    const refused = (error) => {
        // An earlier, unclear request of this step stays unclear whatever became of this one.
        if (!track.record.resent)
            track.save({ phase: 'refused' });
        return error;
    };
    if (failure.status !== 400)
        throw refused(notCreated(track, failure));
    const list = await readAfterRefusal(track, deps, options, failure);
    const [found, ...twins] = findByKey(list.snapshots, track.record.key);
    if (found !== undefined) {
        adopt(track, deps, found, twins);
        return true;
    }
    const suspect = track.record.resent ? findUnmarked(list.snapshots, track) : undefined;
    if (suspect !== undefined)
        throw unmarkedSuspect(track, suspect, failure);
    if (!tries.renamed && hasName(list, track)) {
        tries.renamed = true;
        const name = addKeySuffix(track.record.name, track.record.key);
        deps.log.event(labelOf(track.record), `the name ${track.record.name} is taken there; trying ${name}`);
        track.save({ name });
        return false;
    }
    const { rotated } = options;
    if (rotated !== null && tries.whileFull < LOOKS.slotFreed) {
        tries.whileFull += 1;
        await pause(deps, options.schedule.doubt);
        return false;
    }
    const context = { now: list.now ?? deps.clock.wall(), cause: failure };
    if (rotated !== null)
        throw refused(slotNotFreed(track, deps, rotated, list.snapshots, context));
    if (list.snapshots.length < SLOT_LIMIT)
        throw refused(notCreated(track, failure));
    throw refused(serverFull(track, deps, list.snapshots, '', { ...context, rotates: false }));
}
/** Sends one create request; `null` when the snapshot exists now, with its id saved. */
async function request(track, deps, options) {
    const { record } = track;
    const { description, cut } = describeSnapshot(options.text, { ...deps.job.origin, key: record.key });
    if (cut && !track.record.resent) {
        deps.log.notice('Description cut', `${labelOf(record)}: 'description' was cut to what fits before the mark of this action.`);
    }
    track.save({ phase: 'intent' });
    try {
        const snapshot = await deps.api.createSnapshot({ serverId: record.server, name: record.name, description }, options.until);
        refuseForeign(track, snapshot);
        adopt(track, deps, snapshot, []);
        if (parseMarker(snapshot.description)?.key !== record.key) {
            deps.log.warning('Description not kept', `VPS.org did not keep the description of snapshot ${snapshot.id} as it was sent. The snapshot is fine and known by its id; but rotation, retention and reuse cannot see that it belongs to this repository.`);
        }
        return null;
    }
    catch (error) {
        if (!(error instanceof VpsError))
            throw error;
        if (certaintyOf(error) === 'unclear')
            deps.log.event(labelOf(record), `unclear answer: ${error.message}`);
        return error;
    }
}
/** An answer about a snapshot that was there before, is of another step or of another server, is not adopted. */
function refuseForeign(track, snapshot) {
    const { record, before } = track;
    const marker = parseMarker(snapshot.description);
    if (before?.some((s) => s.id === snapshot.id))
        throw foreignAnswer(track, snapshot, 'was there before');
    if (marker !== null && marker.key !== record.key) {
        throw foreignAnswer(track, snapshot, `carries the mark of run ${marker.runId} of ${marker.repository}`);
    }
    if (contradicts(snapshot.server, record.ids)) {
        throw foreignAnswer(track, snapshot, `is of server ${snapshot.server.id ?? 'unknown'}`);
    }
}
/** Takes a snapshot over as this step's own: the id is saved before anything else happens. */
function adopt(track, deps, snapshot, twins) {
    track.save({
        phase: 'created',
        snapshotId: snapshot.id === '' ? null : snapshot.id,
        exact: snapshot.exact,
        shown: parseMarker(snapshot.description)?.key === track.record.key,
        createdAt: snapshot.createdAt,
        sizeMb: snapshot.sizeMb,
        twins: twins.map((s) => s.id).filter((id) => id !== ''),
    });
    track.meet(snapshot.server);
    track.show({ snapshot });
    if (snapshot.id === '')
        throw withoutId(track);
    const label = labelOf(track.record);
    deps.log.event(label, `snapshot ${snapshot.id} (${snapshot.name ?? track.record.name}) is being made`);
    for (const twin of twins) {
        const fate = isAddressable(twin)
            ? 'the post step deletes it'
            : 'it stays, delete it in the panel of VPS.org';
        deps.log.event(label, `a second snapshot, ${showId(twin.id)}, has the same key; ${fate}`);
    }
}
/** Looks for the key in complete lists until it is there or certainly not (design §3.2). */
async function findLostAnswer(track, deps, options, failure) {
    const looks = isSlow(failure) ? LOOKS.slowCreate : LOOKS.unclearCreate;
    let outages = 0;
    for (let complete = 0; complete < looks;) {
        await pause(deps, options.schedule.doubt);
        if (deps.clock.now() >= options.until)
            throw unknownOutcome(track, failure);
        const seen = await look(() => readServer(track, deps, options.until)).catch((error) => {
            throw unknownOutcome(track, error);
        });
        if ('outage' in seen) {
            outages += 1;
            if (outages >= looks)
                throw unknownOutcome(track, failure);
            continue;
        }
        const [found, ...twins] = findByKey(seen.value.snapshots, track.record.key);
        if (found !== undefined) {
            adopt(track, deps, found, twins);
            return true;
        }
        const suspect = findUnmarked(seen.value.snapshots, track);
        if (suspect !== undefined)
            throw unmarkedSuspect(track, suspect, failure);
        if (seen.value.complete)
            complete += 1;
        else
            outages += 1;
        if (outages >= looks)
            throw unknownOutcome(track, failure);
    }
    return false;
}
/** The one list after a 400, which tells a full server and a taken name from a wrong request. */
async function readAfterRefusal(track, deps, options, failure) {
    try {
        return await readServer(track, deps, options.until);
    }
    catch (error) {
        deps.log.debug(`no list after the refusal: ${String(error)}`);
        throw notCreated(track, failure);
    }
}
async function readServer(track, deps, until) {
    const list = await deps.api.listSnapshots({ serverId: track.record.server }, until);
    const match = matchServer(list.snapshots, track.record.ids);
    const keyed = findByKey(list.snapshots, track.record.key).filter((s) => !match.snapshots.includes(s));
    return { ...list, snapshots: [...match.snapshots, ...keyed], listed: list.snapshots };
}
function hasName(list, { record }) {
    return list.listed.some((s) => s.name === record.name && parseMarker(s.description)?.key !== record.key);
}
/** A new snapshot of this name without any marker: likely this step's, on an API that drops descriptions. */
function findUnmarked(snapshots, { record, before }) {
    const known = new Set(before?.map((s) => s.id));
    return snapshots.find((s) => s.name === record.name && !known.has(s.id) && marker_parseMarker(s.description) === null);
}

;// CONCATENATED MODULE: ./build/actions/heartbeat.js

const HEARTBEAT_MS = 30_000;
/** An API that comes and goes is told this often. */
const OUTAGE_MS = (/* unused pure expression or super */ null && (5 * 60_000));
/** A last look after a deadline may take this long: what is done by then is no failure. */
const LAST_LOOK_MS = 10_000;
/** A heartbeat that says "Still `doing` after …: …". */
function createHeartbeat(doing, { clock, log }) {
    const begun = clock.now();
    const waiting = new Map();
    let spoken = begun;
    return {
        set: (subject, state) => void waiting.set(subject, state),
        remove: (subject) => void waiting.delete(subject),
        beat() {
            const now = clock.now();
            if (waiting.size === 0 || now - spoken < HEARTBEAT_MS)
                return;
            spoken = now;
            const states = [...waiting].map(([subject, state]) => `${subject}: ${state}`);
            log.info(`Still ${doing} after ${values_formatElapsed(now - begun)}: ${states.join(', ')}`);
        },
    };
}
/** Tells when the API stops answering and when it answers again; outages that follow soon after are not told. */
function createOutageLog({ clock, log }) {
    let toldAt = Number.NEGATIVE_INFINITY;
    let state = 'answers';
    return {
        note(outage) {
            if (outage === null) {
                if (state === 'told')
                    log.event('', 'the API answers again');
                state = 'answers';
            }
            else if (state === 'answers') {
                const text = `the API does not answer, still waiting: ${outage}`;
                state = clock.now() - toldAt < OUTAGE_MS ? 'silent' : 'told';
                if (state === 'silent')
                    return log.debug(text);
                toldAt = clock.now();
                log.event('', text);
            }
        },
    };
}
/** The deadline of one look in a wait until `until`. */
function lookDeadline(until, { clock }) {
    return Math.max(until, clock.now() + LAST_LOOK_MS);
}

;// CONCATENATED MODULE: ./build/actions/power.js






/** Time for a stop to be confirmed (design §3.7). */
const STOP_MS = (/* unused pure expression or super */ null && (5 * 60_000));
/** Time for a start: the API may refuse one while it makes a snapshot, which takes up to 10 minutes [D]. */
const START_MS = 15 * 60_000;
/** Main stopped this server, or tried to, and has not seen it active again. */
function isStoppedByUs(power) {
    return power !== null && power.found === 'active' && power.stop !== 'none' && !power.started;
}
/**
 * Stops a running server and waits until it is `stopped`; leaves a stopped one alone. `on.read` is called with what
 * the server says first, `on.save` before each step that changes something. Throws {@link FailedError} where the
 * server is in no state to be stopped, the API refuses, or it does not stop in time; then the caller starts it again.
 */
async function stopServer(target, deps, schedule, on) {
    const { save } = on;
    const until = deps.clock.now() + STOP_MS;
    const server = await readBefore(target, deps, until);
    on.read(server);
    if (server.status === 'stopped') {
        save({ found: 'stopped', stop: 'none', started: false });
        deps.log.event(target.label, 'the server is stopped already and stays so');
        return;
    }
    if (server.status !== 'active') {
        throw new FailedError('Server not stopped', `${target.label}: the server is '${server.status || 'without a status'}', neither active nor stopped, so it is not stopped for a snapshot. Look at it in the panel of VPS.org; no snapshot was made.`);
    }
    save({ found: 'active', stop: 'requested', started: false });
    deps.log.event(target.label, 'stopping the server');
    try {
        await deps.api.powerServer(target.id, 'stop', until);
    }
    catch (error) {
        if (!(error instanceof VpsError))
            throw error;
        if (certaintyOf(error) !== 'unclear') {
            save({ found: 'active', stop: 'none', started: false });
            throw powerRefused(target, 'stop', error);
        }
        deps.log.event(target.label, `unclear answer to the stop request: ${error.message}`);
    }
    while (deps.clock.now() < until) {
        await pause(deps, schedule.doubt);
        const seen = await look(() => deps.api.getServer(target.id, until)).catch((error) => {
            throw stopUnseen(target, error);
        });
        if ('value' in seen && seen.value.status === 'stopped') {
            save({ found: 'active', stop: 'confirmed', started: false });
            deps.log.event(target.label, 'the server is stopped');
            return;
        }
    }
    throw new FailedError('Server not stopped', `${target.label}: the server did not stop within 5 minutes. It is started again, and no snapshot was made. Look at it in the panel of VPS.org, or take the snapshot without 'stop_server'.`);
}
async function readBefore(target, deps, until) {
    try {
        return await deps.api.getServer(target.id, until);
    }
    catch (error) {
        throw new FailedError('Server not stopped', `${target.label}: 'stop_server' needs to read the server's state, which failed; no snapshot was made. The token needs the permission to read and to stop servers, or use 'stop_server: false'.`, { cause: error });
    }
}
/**
 * Starts a server and waits until it is `active`. One in a transition is waited for first; a refusal is tried
 * again within the time. `doubtful` says that the server may still be about to stop, so that `active` must be
 * seen for a while. Throws {@link FailedError} with what to do.
 */
async function startServer(target, deps, options) {
    const { schedule, until } = options;
    let active = 0;
    let quiet = 0;
    let last;
    const heartbeat = createHeartbeat('starting', deps);
    for (;;) {
        const seen = await look_look(() => deps.api.getServer(target.id, until)).catch(async (error) => await startUnseen(target, deps, options, error));
        if ('outage' in seen)
            last = seen.outage;
        const status = 'value' in seen ? seen.value.status : '';
        active = status === 'active' ? active + 1 : 0;
        if (active >= (options.doubtful === true ? schedule_LOOKS.stillActive : 1)) {
            deps.log.event(target.label, 'the server is active');
            return;
        }
        quiet -= 1;
        if (status === 'stopped' && quiet <= 0) {
            if (last === undefined)
                deps.log.event(target.label, 'starting the server');
            const failure = await requestStart(target, deps, until);
            // The same failure again and again is one line, and a heartbeat.
            if (failure !== undefined && (failure.kind !== last?.kind || failure.status !== last.status)) {
                deps.log.event(target.label, `the start request failed and is tried again: ${failure.message}`);
            }
            last = failure;
            // An accepted request is given time to show before it is repeated.
            quiet = last === undefined ? schedule_LOOKS.gone : 0;
        }
        if (deps.clock.now() + schedule.doubt >= until)
            throw notStarted(target, status, last);
        heartbeat.set(target.label, last?.message ?? `'${status}'`);
        heartbeat.beat();
        await deps_pause(deps, schedule.doubt);
    }
}
/**
 * A server whose state can no longer be read is asked to start all the same, rather than left stopped. One that
 * refuses may still be about to stop, and is asked again for a while.
 */
async function startUnseen(target, deps, { schedule, until }, cause) {
    deps.log.event(target.label, 'the server cannot be read; requesting a start all the same');
    let failure = await requestStart(target, deps, until);
    for (let tries = 1; failure !== undefined && tries < schedule_LOOKS.unseenStart; tries += 1) {
        if (deps.clock.now() + schedule.doubt >= until)
            break;
        await deps_pause(deps, schedule.doubt);
        failure = await requestStart(target, deps, until);
    }
    const outcome = failure === undefined
        ? 'a start was requested, not confirmed'
        : `each request to start it failed, at last with: ${failure.message}`;
    throw new errors_FailedError('Server not started', `${target.label}: the server's state cannot be read, so it is unknown whether it is active; ${outcome}. Look at it in the panel of VPS.org, and START IT BY HAND if it is stopped.`, { cause });
}
/** Sends a start request; gives the failure that a later try may not meet, throws one that it will. */
async function requestStart(target, deps, until) {
    try {
        await deps.api.powerServer(target.id, 'start', until);
        return undefined;
    }
    catch (error) {
        if (!(error instanceof errors_VpsError))
            throw error;
        const lasting = error.status === 401 || error.status === 403 || error.status === 404 || error.kind === 'certificate';
        if (lasting || !(isTransient(error) || error.kind === 'http'))
            throw powerRefused(target, 'start', error);
        return error;
    }
}
function stopUnseen(target, cause) {
    return new FailedError('Server not stopped', `${target.label}: a stop was requested, and then the server's state could not be read, so it is unknown whether it stopped. It is started again, and no snapshot was made.`, { cause });
}
function powerRefused(target, action, cause) {
    const unknown = cause instanceof errors_VpsError && cause.status === 404;
    const reason = unknown
        ? 'VPS.org knows no such server or no such call (the power call is not in its documentation)'
        : 'VPS.org did not take the request';
    const next = action === 'stop'
        ? "No snapshot was made. Give the token the permission to stop and start servers, or use 'stop_server: false'."
        : 'START IT BY HAND in the panel of VPS.org if it is stopped.';
    return new errors_FailedError(action === 'stop' ? 'Server not stopped' : 'Server not started', `${target.label}: the server could not be ${action === 'stop' ? 'stopped' : 'started'}: ${reason}. ${next}`, { cause });
}
function notStarted(target, status, cause) {
    return new errors_FailedError('Server not started', `${target.label}: the server is ${status === '' ? 'in an unknown state' : `'${status}'`} and was not seen active in time. START IT BY HAND in the panel of VPS.org if it is stopped.`, { cause });
}

;// CONCATENATED MODULE: ./build/actions/leftovers.js











/** A record before anybody looked. */
function leaveAsSaved(record, { evidence }) {
    return {
        record,
        looked: false,
        found: null,
        id: record.snapshotId,
        awaited: record.snapshotId !== null && evidence.has(record.snapshotId),
        twins: record.twins.map((id) => ({ id, exact: false, status: '' })),
    };
}
/** Whether the API may have made a snapshot that main did not get to know. */
function isUncertain({ phase, resent }) {
    return phase === 'intent' || resent;
}
/**
 * Whether post must read the list first: before it reports a snapshot that main did not see completed or that may
 * have a twin, and before it deletes one that the API has not shown yet.
 */
function needsLook(record, step, deletes) {
    const unseen = record.phase === 'created' && (!step.succeeded || (deletes && !record.shown));
    return isUncertain(record) || record.twins.length > 0 || unseen;
}
/** Whether the snapshot is known to be completed, by main, by the wait action or by post's own list. */
function isCompleted({ record, found, looked, awaited }) {
    if (found !== null)
        return status_meaningOf(found.status) === 'completed';
    return !looked && (record.phase === 'completed' || awaited);
}
/** Whether the snapshot's id is certain to the last digit (design §4). */
function isExact({ record, found }) {
    return found?.exact ?? record.exact;
}
/** Starts what main left stopped; gives whether all are active again. Failures are told. */
async function startLeftStopped(records, deps, schedule, until) {
    let started = true;
    await Promise.all(records.map(async (record) => {
        if (!isStoppedByUs(record.power))
            return;
        const label = track_labelOf(record);
        deps.log.event(label, 'the snapshot step stopped this server and was cut off before it was active again');
        try {
            const doubtful = record.power.stop !== 'confirmed';
            await startServer({ id: record.server, label }, deps, { schedule, until, doubtful });
        }
        catch (error) {
            deps.log.error(error instanceof errors_FailedError ? error.title : 'Server not started', log_describeError(error));
            started = false;
        }
    }));
    return started;
}
/**
 * Looks a record's snapshot up. What main knows stays what it is: a snapshot with the same key that turns up
 * beside it is a twin, never its replacement.
 */
async function findLeftover(record, deps, schedule, until) {
    const label = track_labelOf(record);
    const list = await readUntilFound(record, deps, schedule, until);
    if (list === null) {
        const what = record.snapshotId === null
            ? `whether the snapshot ${record.name} was made`
            : `what became of snapshot ${record.snapshotId}`;
        deps.log.warning('Unknown state of a snapshot', `${label}: it is unknown ${what}, because the list could not be read. Look for it in the panel of VPS.org.`);
        return leaveAsSaved(record, deps);
    }
    const family = familyOf(record, list);
    const found = record.snapshotId === null
        ? (family[0] ?? null)
        : (family.find((s) => s.id === record.snapshotId) ?? null);
    const id = record.snapshotId ?? (found === null || found.id === '' ? null : found.id);
    const twins = family.filter((s) => s !== found && s.id !== id);
    tellFound(record, found, list, deps);
    if (record.resent && family.length < 2) {
        deps.log.event(label, `the create request was sent twice, and no list shows a second snapshot ${record.name}; it may still appear`);
    }
    return { ...leaveAsSaved(record, deps), looked: true, found, id, twins };
}
function tellFound(record, found, list, deps) {
    const label = track_labelOf(record);
    if (record.snapshotId !== null && found === null) {
        deps.log.event(label, `snapshot ${record.snapshotId} is not listed now`);
    }
    else if (record.snapshotId === null && found !== null) {
        deps.log.event(label, `found snapshot ${track_showId(found.id)} (${record.name}, ${found.status}), which the step did not get to know`);
    }
    else if (found === null) {
        deps.log.event(label, `no list shows a snapshot with the key of this step (${record.name})`);
    }
    const suspect = isUncertain(record) ? findUnmarked(list.snapshots, { record, before: null }) : undefined;
    if (suspect === undefined || suspect.id === record.snapshotId)
        return;
    deps.log.warning('Unknown whether a snapshot was made', `${label}: snapshot ${suspect.id} has the name ${record.name} but no mark; it may be this step's. It is not touched; look at it in the panel of VPS.org.`);
}
function familyOf(record, list) {
    const keyed = waiting_findByKey(list.snapshots, record.key);
    const named = list.snapshots.filter((s) => s.id !== '' && s.id === record.snapshotId && !keyed.includes(s) && !server_contradicts(s.server, record.ids));
    return [...keyed, ...named];
}
/** The first list that shows all that is looked for, else the last of enough complete ones; `null` for outages. */
async function readUntilFound(record, deps, schedule, until) {
    // The server may still be at work on a request that was cut off, so that absence counts after a while only;
    // main has waited that long already where it saw the snapshot completed.
    const settled = record.snapshotId !== null && (!record.resent || record.phase === 'completed');
    const looks = settled ? 1 : schedule_LOOKS.slowCreate;
    const expected = record.resent ? 2 : 1;
    let last = null;
    let complete = 0;
    for (let tries = 0; tries < 2 * looks && deps.clock.now() < until; tries += 1) {
        if (tries > 0)
            await deps_pause(deps, schedule.doubt);
        try {
            const seen = await look_look(() => deps.api.listSnapshots({ serverId: record.server }, until));
            if ('outage' in seen)
                continue;
            if (seen.value.complete)
                complete += 1;
            const family = familyOf(record, seen.value).length;
            if (complete >= looks || family >= expected)
                return seen.value;
            if (family > 0)
                last = seen.value;
        }
        catch (error) {
            deps.log.debug(log_describeError(error));
            break;
        }
    }
    return last;
}

;// CONCATENATED MODULE: ./build/actions/cleanup.js










/**
 * Deletes one snapshot; gives what became of it. Whatever stays, or may, is named in a warning and costs nothing
 * else: a deploy is not failed by what it leaves behind.
 */
async function deleteOne({ id, exact }, label, deps, until) {
    if (!exact) {
        deps.log.warning('Snapshot not deleted', id === ''
            ? `${label}: a snapshot without a usable id is not deleted, and uses a slot. Delete it in the panel of VPS.org.`
            : `${label}: snapshot ${id} is not deleted, because it is not certain that this is its id to the last digit. Delete it in the panel of VPS.org.`);
        return 'failed';
    }
    try {
        const deleted = await deps.api.deleteSnapshot(id, until);
        deps.log.event(label, deleted ? `snapshot ${id} deleted` : `snapshot ${id} was gone already`);
        return deleted ? 'deleted' : 'gone';
    }
    catch (error) {
        const unclear = error instanceof errors_VpsError && errors_certaintyOf(error) === 'unclear';
        const what = unclear
            ? `it is unknown whether snapshot ${id} was deleted`
            : `snapshot ${id} was not deleted and still uses a slot`;
        deps.log.warning('Snapshot not deleted', `${label}: ${what}. Delete it in the panel of VPS.org or with the delete action. ${log_describeError(error)}`);
        return 'failed';
    }
}
/** Lists a server, decides what to keep, says why, and deletes the rest; with `dryRun` it deletes nothing. */
async function pruneServer(server, rule, protectedIds, deps, options) {
    const list = await deps.api.listSnapshots({ serverId: server.server }, options.until);
    const match = server_matchServer(list.snapshots, server.ids);
    const label = track_labelOf({ server: server.server, serverName: match.name ?? server.serverName });
    if (!list.complete)
        throw new Error(`${label}: the list of snapshots is incomplete, so nothing is deleted`);
    if (match.unknown) {
        throw new Error(`${label}: the list shows only snapshots of other servers, so nothing is deleted; check 'server_id'`);
    }
    if (match.assumed && !options.dryRun)
        await identity_confirmServer(server.server, match.snapshots, deps, options.until);
    const verdicts = planRetention({
        snapshots: match.snapshots,
        origin: deps.job.origin,
        now: apiTime(list, deps),
        rule,
        protectedIds,
    });
    deps.log.group(`Retention on ${label}`, verdicts.map(({ snapshot, action, why }) => `${action} ${snapshot.id} ${snapshot.name ?? ''}: ${why}`));
    const kept = verdicts
        .filter(({ action, snapshot }) => action === 'keep' && marker_isOwn(marker_parseMarker(snapshot.description), deps.job.origin))
        .map(({ snapshot }) => snapshot.id);
    const deleted = [];
    const failed = [];
    for (const { snapshot, action } of verdicts) {
        if (action === 'keep')
            continue;
        if (options.dryRun) {
            deps.log.event(label, `dry run: snapshot ${snapshot.id} would be deleted`);
            continue;
        }
        const outcome = await deleteOne(snapshot, label, deps, options.until);
        if (outcome === 'deleted')
            deleted.push(snapshot.id);
        if (outcome === 'failed')
            failed.push(snapshot.id);
    }
    return { server: label, verdicts, deleted, kept: [...kept, ...failed], failed };
}
/**
 * Cleans up after a successful job: `on_success`, then `keep_last`; a dry run only plans it. Never throws: a good
 * deploy is not failed by what it leaves behind.
 */
async function cleanUp(leftovers, { onSuccess, keepLast }, deps, options) {
    const remove = onSuccess === 'delete' ? deleteSnapshots : deleteTwins;
    const deleted = options.dryRun ? [] : await remove(leftovers, deps, options.until);
    const pruned = [];
    for (const { record, id } of keepLast > 0 ? leftovers : []) {
        try {
            const ours = id === null ? [] : [id];
            pruned.push(await pruneServer(record, { keepLast, olderThan: null }, ours, deps, options));
        }
        catch (error) {
            deps.log.warning('Older snapshots not deleted', `${track_labelOf(record)}: ${log_describeError(error)}`);
        }
    }
    return { pruned, deleted };
}
/** Deletes this step's snapshots, twins included; gives the ids that are gone. */
async function deleteSnapshots(leftovers, deps, until) {
    const gone = [];
    for (const leftover of leftovers) {
        for (const each of [...certainOf(leftover, deps), ...leftover.twins]) {
            if ((await deleteOne(each, track_labelOf(leftover.record), deps, until)) !== 'failed')
                gone.push(each.id);
        }
    }
    return gone;
}
/** The step's own snapshot, if it has one and this is certain to be it. */
function certainOf(leftover, { log }) {
    const { record, found } = leftover;
    const id = leftover.id ?? found?.id;
    if (id === undefined)
        return [];
    if (found !== null || record.shown)
        return [{ id, exact: isExact(leftover) }];
    log.warning('Snapshot not deleted', `${track_labelOf(record)}: VPS.org named ${id} as the new snapshot, and no list of this server shows it, so it may be another one. It is not deleted; look for it in the panel of VPS.org.`);
    return [];
}
/**
 * Deletes the second snapshot that a repeated request made, or the first where that one has failed. While no list
 * of this post step shows one of them completed, both stay: each may turn out to be the only restore point.
 */
async function deleteTwins(leftovers, deps, until) {
    const gone = [];
    for (const leftover of leftovers) {
        const { record, id, found, twins } = leftover;
        const label = track_labelOf(record);
        const surplus = found === null || twins.length === 0 ? null : findSurplus(found, twins);
        for (const each of surplus ?? []) {
            if ((await deleteOne(each, label, deps, until)) !== 'failed')
                gone.push(each.id);
        }
        if (surplus !== null)
            continue;
        for (const twin of twins) {
            deps.log.warning('Two snapshots were made', `${label}: snapshots ${id ?? 'unknown'} and ${twin.id || '(without a usable id)'} were made by this step, because an answer of the API was lost. The first is not known to be completed, so both stay; delete one when the other is.`);
        }
    }
    return gone;
}

;// CONCATENATED MODULE: ./build/actions/outcome.js


const ROLLED_BACK = 'Rolled back';
/** "Restored" may be said: the restore began, it ended, and what was to follow is well. */
function isRestored({ confirmed, reason }) {
    return confirmed && reason === '';
}
/** What a confirmed restore amounts to, without a word more than was seen. */
function describeRestored({ before, health, serverStatus, target }) {
    const asBefore = serverStatus === 'stopped' && !target.startIfStopped;
    const active = before === null || before.status === 'active' ? 'server is active again' : 'server is active';
    const server = asBefore ? 'server is stopped, as it was before the snapshot' : active;
    return `${server}, ${health === 'passed' ? 'health check passed' : 'application not checked'}`;
}
/** The title of a restore that did not end well. */
function titleOf({ confirmed, requested }) {
    if (confirmed)
        return 'Restored, but not well';
    return requested ? 'Restore requested, not confirmed' : 'Not restored';
}
/**
 * Tells the end of one restore in the log and as an annotation. `asError` is for a rollback, which is the end
 * of a failed deploy; a restore that a person asked for is told as a notice.
 */
function tellRestore(restore, apiUrl, { log }, asError) {
    const { target, snapshot, reason } = restore;
    const { label, snapshotId } = target;
    if (!isRestored(restore)) {
        const title = titleOf(restore);
        log.event(label, title.toLowerCase());
        const { advice, command } = nextStep(restore, apiUrl);
        return log.error(title, `${label}, snapshot ${snapshotId}: ${reason}. ${advice}`.trimEnd(), command);
    }
    log.event(label, `restored: ${describeRestored(restore)}`);
    const since = snapshot?.createdAt ?? target.createdAt ?? 'the snapshot was taken';
    log[asError ? 'error' : 'notice'](asError ? ROLLED_BACK : 'Restored', `${label} was restored from snapshot ${snapshotId}: ${describeRestored(restore)}. Everything written to the server since ${since} is gone.`);
}
function nextStep(restore, apiUrl) {
    const { requested, confirmed, stage, target } = restore;
    if (confirmed)
        return { advice: 'The server itself is back; look at the application.' };
    if (stage === 'ended' && requested) {
        return {
            advice: 'Do not restore again: START THE SERVER BY HAND, in the panel of VPS.org or so:',
            command: startCommand(apiUrl, target.serverId),
        };
    }
    if (stage === 'other' || stage === 'ended')
        return { advice: 'Look at the server in the panel of VPS.org.' };
    if (!target.exact)
        return {
            advice: 'The id of this snapshot may have lost digits on its way, so look for it in the panel of VPS.org.',
        };
    return { advice: adviseRestore(restore), command: restoreCommand(apiUrl, target.snapshotId) };
}
/** What to know before the command to restore is typed. */
function adviseRestore({ absent, requested, serverStatus, snapshot, target }) {
    if (requested) {
        const status = serverStatus === null ? 'unknown' : `'${serverStatus}'`;
        return `The server's state is ${status}. Look at it in the panel of VPS.org first. Restore by hand only if no restore is running there (overwrites the server):`;
    }
    if (absent)
        return 'Nothing was requested. Look for it in the panel of VPS.org; only if it is there can it be restored by hand (overwrites the server):';
    const isCompleted = snapshot === null ? target.seenCompleted !== null : snapshot.status === 'completed';
    const when = isCompleted ? '' : ', and not before the snapshot is completed';
    return `Nothing was requested. If you decide to restore all the same${when}, by hand (overwrites the server):`;
}
/** The summary says a rollback that went well in its own way and place, not a second time as an alert. */
function withoutRollbacks(alerts) {
    return alerts.filter(({ title }) => title !== ROLLED_BACK);
}
/** The rows of the summary. */
function toSummary(restores) {
    return restores.map((restore) => ({
        server: restore.target.label,
        snapshotId: restore.target.snapshotId,
        name: restore.snapshot?.name ?? restore.target.name,
        createdAt: restore.snapshot?.createdAt ?? restore.target.createdAt,
        requested: restore.requested,
        confirmed: restore.confirmed,
        started: restore.started,
        health: restore.health,
        serverStatus: restore.serverStatus,
    }));
}
/** The comment on GitHub: ids in code spans and our own words, no text of the API (design §3.8). */
function describeForGithub(restores, job) {
    const lines = restores.map((restore) => {
        const { serverId, snapshotId } = restore.target;
        return `- server ${code(serverId)}, snapshot ${code(snapshotId)}: ${signOf(restore)}`;
    });
    const run = job.runUrl === '' ? `run ${code(job.origin.runId)}` : `[this run](${job.runUrl})`;
    return [
        `### VPS.org rollback\n`,
        ...lines,
        '',
        `By ${run}, job ${code(job.origin.job)}, commit ${code(job.sha.slice(0, 12))}. What was written to a restored server since its snapshot is gone.`,
    ].join('\n');
}
function signOf(restore) {
    if (isRestored(restore))
        return '✅ restored';
    if (restore.confirmed)
        return '⚠️ restored, but the health check failed';
    return restore.requested ? '⚠️ restore requested, **not confirmed**' : '❌ **not restored**';
}

;// CONCATENATED MODULE: ./build/actions/post-report.js





/** The decision as a sentence without its reason. */
function describeDecision({ action }, { policy }) {
    switch (action) {
        case 'keep':
            return 'The snapshot is kept';
        case 'restore':
            return 'A restore is due';
        case 'delete':
            return 'The snapshot is to be deleted';
        case 'clean_up': {
            if (policy.onSuccess === 'delete')
                return 'The snapshot is to be deleted';
            if (policy.keepLast === 0)
                return 'The snapshot is kept';
            return `The snapshot is kept, and this repository's older ones beyond its newest ${policy.keepLast} are to be deleted`;
        }
    }
}
/** The job summary of the post step. */
function summarizePost(report, alerts, events) {
    const { leftovers, restores, step } = report;
    // What was restored has its line already.
    const others = leftovers.filter(({ id }) => !restores.some((each) => each.target.snapshotId === id));
    return renderSummary({
        headline: headlineOf(report),
        explanation: explain(report),
        restores: toSummary(restores),
        rows: others.map((leftover) => post_report_rowOf(leftover, report)),
        retention: report.pruned,
        alerts: withoutRollbacks(alerts),
        events,
        commands: others
            .filter((leftover) => isOffered(leftover, report))
            .map(({ id }) => restoreCommand(step.apiUrl, id ?? '')),
    });
}
function explain({ decision, restores, step }) {
    const reason = decision.why.charAt(0).toUpperCase() + decision.why.slice(1);
    if (decision.action !== 'restore' || step.dryRun)
        return `${reason}.`;
    const [servers, were] = restores.length > 1 ? ['the servers', 'were'] : ['the server', 'was'];
    const done = restores.length > 0 && restores.every(({ confirmed }) => confirmed) ? '' : ' to be';
    return `${reason}, so ${servers} ${were}${done} put back to the state before the deploy. The job stays red.`;
}
/** A command to restore is shown only for what is there, complete and certain of its id. */
function isOffered(leftover, { deleted, restores }) {
    const { id } = leftover;
    if (id === null || deleted.includes(id) || !isExact(leftover))
        return false;
    return (isCompleted(leftover) ||
        restores.some((r) => r.target.snapshotId === id && r.snapshot?.status === 'completed'));
}
function post_report_rowOf(leftover, { deleted, restores }) {
    const { record, id } = leftover;
    const seen = leftover.found ?? restores.find((r) => r.target.snapshotId === id)?.snapshot ?? null;
    const waited = record.phase === 'created' ? 'requested, not waited for' : record.phase;
    const known = isCompleted(leftover) ? 'completed' : waited;
    const saved = leftover.looked ? 'not listed' : known;
    return {
        server: track_labelOf(record),
        snapshotId: id,
        name: id === null ? null : record.name,
        status: id !== null && deleted.includes(id) ? 'deleted' : (seen?.status ?? saved),
        sizeMb: seen?.sizeMb ?? record.sizeMb,
        createdAt: seen?.createdAt ?? record.createdAt,
    };
}
function headlineOf(report) {
    const { decision, restores, step } = report;
    if (step.dryRun)
        return '🔎 VPS.org snapshot: dry run, nothing was changed';
    if (report.helpless)
        return '❌ The post step could do nothing';
    if (decision.action === 'restore')
        return headlineOfRestore(restores);
    if (decision.action === 'keep' && decision.red === true)
        return '❌ Not rolled back';
    const doubtful = headlineOfDoubt(report);
    if (doubtful !== null)
        return doubtful;
    const deleted = report.deleted.length;
    const pruned = report.pruned.reduce((sum, each) => sum + each.deleted.length, 0);
    const older = pruned === 0 ? '' : `, ${pruned} older ${pruned === 1 ? 'one' : 'ones'} deleted`;
    if (deleted > 0)
        return `🧹 VPS.org ${deleted === 1 ? 'snapshot' : 'snapshots'} deleted${older}`;
    return `${pruned === 0 ? '📸' : '🧹'} VPS.org ${report.leftovers.length === 1 ? 'snapshot' : 'snapshots'} kept${older}`;
}
/** What stays is not called a kept snapshot where it failed, is gone or was not seen. */
function headlineOfDoubt({ leftovers, deleted }) {
    const left = leftovers.filter(({ id }) => id === null || !deleted.includes(id));
    if (left.some(({ found }) => found !== null && status_meaningOf(found.status) === 'failed')) {
        return '❌ A failed VPS.org snapshot is left, and uses a slot';
    }
    const missing = left.filter(({ looked, found, id }) => looked && found === null && id !== null);
    if (missing.length > 0) {
        const wasListed = missing.some(({ record }) => record.phase === 'completed');
        return `❓ VPS.org snapshot not listed${wasListed ? ' any more' : ''}`;
    }
    if (left.some(({ looked, found, id }) => looked && found === null && id === null)) {
        return '❓ No list shows a VPS.org snapshot of this step';
    }
    if (left.some(({ record, looked }) => !looked && record.phase === 'intent')) {
        return '❓ Unknown whether a VPS.org snapshot was made';
    }
    return null;
}
function headlineOfRestore(restores) {
    if (restores.length === 0)
        return '⏪ VPS.org rollback: not begun';
    if (restores.every(isRestored))
        return '⏪ Rolled back';
    if (restores.every(({ confirmed }) => confirmed))
        return '⚠️ Rolled back, but the health check failed';
    const restored = restores.filter(isRestored).length;
    if (restored > 0)
        return `⚠️ Rolled back in part: ${restored} of ${restores.length} servers`;
    return restores.some((r) => r.requested) ? '⚠️ Rollback requested, not confirmed' : '❌ Not rolled back';
}

;// CONCATENATED MODULE: ./build/actions/report.js

/**
 * Runs a use case and writes its summary whatever happens. What the use case throws stands in it too: the
 * summary is what a person on call opens first.
 */
async function writeReport(deps, body, render) {
    const alerts = [];
    try {
        await body();
    }
    catch (error) {
        const told = error instanceof CancelledError || error instanceof ToldError;
        if (!told)
            alerts.push(alertOf(error));
        throw error;
    }
    finally {
        await deps.runner.writeSummary(render([...alerts, ...deps.log.alerts()]));
    }
}

;// CONCATENATED MODULE: ./build/actions/health.js



const TRY_MS = 10_000;
const MAX_REDIRECTS = 5;
/**
 * Asks every address until it answers 2xx (design §3.5). Gives `null` when all did, else a sentence that names
 * the first that did not in time. Nothing of ours goes along: no token, no header.
 */
async function checkHealth(urls, deps, options) {
    const heartbeat = createHeartbeat('asking', deps);
    const failures = await Promise.all(urls.map((url) => checkUrl(url, deps, options, heartbeat)));
    return failures.find((failure) => failure !== null) ?? null;
}
async function checkUrl(url, deps, options, heartbeat) {
    const shown = withoutQuery(url);
    const begun = deps.clock.now();
    let told;
    for (;;) {
        const answer = await ask(url, deps, options.until);
        // The last try may end with the time; what the address said before tells more.
        if (typeof answer === 'number' || typeof told !== 'number')
            told = answer;
        if (typeof answer === 'number' && answer >= 200 && answer < 300) {
            heartbeat.remove(shown);
            deps.log.event('', `health check passed: ${shown} answered ${answer}`);
            return null;
        }
        const now = deps.clock.now();
        if (now + options.schedule.health >= options.until) {
            heartbeat.remove(shown);
            return `health check failed: ${shown} ${health_describe(told)} (asked for ${values_formatElapsed(now - begun)})`;
        }
        deps.log.debug(`health check: ${shown} ${health_describe(answer)}`);
        heartbeat.set(shown, health_describe(answer));
        heartbeat.beat();
        await deps_pause(deps, options.schedule.health);
    }
}
function health_describe(answer) {
    return typeof answer === 'number' ? `answered ${answer}` : `did not answer (${answer})`;
}
/** One try with its redirects: the final status, or why there is none. */
async function ask(first, deps, until) {
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const remaining = until - deps.clock.now();
        if (remaining <= 0)
            return 'no time left';
        try {
            const { status, headers } = await deps.health({
                method: 'GET',
                url,
                headers: {},
                timeoutMs: Math.min(TRY_MS, remaining),
                statusOnly: true,
                signal: deps.cancelled,
            });
            const location = headers['location'];
            if (status < 300 || status >= 400 || location === undefined)
                return status;
            const next = URL.parse(location, url);
            const from = new URL(url);
            if (next === null || !isAllowed(from, next))
                return 'redirected to another host or from https to http';
            url = next.href;
        }
        catch (error) {
            return error instanceof Error ? error.message : String(error);
        }
    }
    return `more than ${MAX_REDIRECTS} redirects`;
}
function isAllowed(from, to) {
    const downgrade = from.protocol === 'https:' && to.protocol !== 'https:';
    return (to.hostname === from.hostname &&
        /^https?:$/.test(to.protocol) &&
        !downgrade &&
        to.username === '' &&
        to.password === '');
}
function withoutQuery(url) {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
}

;// CONCATENATED MODULE: ./build/snapshots/restoration.js

const BROKEN = new Set(['suspended', 'error', 'failed']);
/** One look may be a stale answer. */
const LOOKS_TO_END = 2;
/** A restore that was just requested, with what the request and the looks after it have shown already. */
function startRestoration(before, known = {}) {
    const { accepted = true, sawRestoring = false } = known;
    const running = sawRestoring || before?.status === 'restoring';
    return { before, accepted, looks: 0, sawRestoring: running, begun: running, active: 0, stopped: 0 };
}
/** Whether this look at the server shows that a restore was taken: `restoring`, or a changed `updated_at`. */
function showsBegin(before, server) {
    if (server.status === 'restoring')
        return true;
    return before?.updatedAt != null && server.updatedAt !== null && server.updatedAt !== before.updatedAt;
}
/**
 * What one more look at the server says.
 *
 * Where `updated_at` changed but `restoring` was never shown, `active` and `stopped` count only once the time
 * in which `restoring` may still appear is over: a server that is late in showing it would otherwise be
 * called restored before the restore began.
 */
function observeServer(state, server) {
    const begun = state.begun || showsBegin(state.before, server);
    const next = {
        before: state.before,
        accepted: state.accepted,
        looks: state.looks + 1,
        sawRestoring: state.sawRestoring || server.status === 'restoring',
        begun,
        active: begun && server.status === 'active' ? state.active + 1 : 0,
        stopped: begun && server.status === 'stopped' ? state.stopped + 1 : 0,
    };
    return { state: next, phase: phaseOf(next, server.status) };
}
function phaseOf(state, status) {
    if (BROKEN.has(status) && (state.begun || status !== state.before?.status))
        return 'broken';
    const waited = state.looks >= schedule_LOOKS.begin;
    if (!state.begun)
        return waited ? 'not_begun' : 'requested';
    if (!state.sawRestoring) {
        if (!waited)
            return 'begun';
        // Without the API's word, a changed time alone may be somebody else's doing.
        if (!state.accepted)
            return 'not_begun';
    }
    if (state.active >= LOOKS_TO_END)
        return 'active';
    if (state.stopped >= LOOKS_TO_END)
        return 'stopped';
    return 'begun';
}

;// CONCATENATED MODULE: ./build/actions/restore-request.js





/**
 * Sends the restore request: once, and a second time only where the first certainly had no effect (design §3.5).
 * `tell` is called as soon as the API may have taken it, before anybody knows.
 */
async function requestRestore(restore, deps, options, tell) {
    const { target, before } = restore;
    const requested = { ...restore, stage: 'requested', requested: true };
    for (let sent = 1;; sent += 1) {
        deps.log.event(target.label, `requesting the restore of snapshot ${target.snapshotId}`);
        try {
            await deps.api.restoreSnapshot(target.snapshotId, options.until);
            deps.log.event(target.label, 'restore requested, not confirmed yet');
            await tell(requested);
            return { ...requested, accepted: true };
        }
        catch (error) {
            if (!(error instanceof errors_VpsError))
                throw error;
            const unclear = errors_certaintyOf(error) === 'unclear';
            if (!unclear && sent === 1)
                return { ...restore, stage: 'refused', reason: describeRefusal(error) };
            deps.log.event(target.label, `restore requested, not confirmed: ${error.message}`);
            await tell(requested);
            // A refusal of the second request may mean that the first one is at work; the server shows it, or nobody does.
            if (!unclear || sent > 1)
                return requested;
            const outcome = await findOutcome(target, before, deps, options);
            if (outcome !== 'not_taken')
                return { ...requested, sawRestoring: outcome === 'restoring' };
            deps.log.event(target.label, 'the server shows that nothing happened: the request is sent once more');
        }
    }
}
/** After an unclear answer: whether the server shows a restore, may show one, shows that there is none, or tells nothing. */
async function findOutcome(target, before, deps, options) {
    if (before === null || before.updatedAt === null)
        return 'unknown';
    for (let looks = 0; looks < schedule_LOOKS.unclearRestore; looks += 1) {
        if (deps.clock.now() >= options.until)
            return 'unknown';
        try {
            await deps_pause(deps, options.schedule.doubt);
            const server = await deps.api.getServer(target.serverId, options.until);
            if (server.status === 'restoring')
                return 'restoring';
            if (showsBegin(before, server))
                return 'changed';
            if (server.status !== before.status || server.updatedAt === null)
                return 'unknown';
        }
        catch (error) {
            if (error instanceof errors_VpsError || error instanceof CancelledError)
                return 'unknown';
            throw error;
        }
    }
    return 'not_taken';
}
function describeRefusal(error) {
    const refused = errors_certaintyOf(error) === 'refused';
    return `${refused ? 'VPS.org refused the request' : 'the request could not be sent'}: ${error.message}`;
}

;// CONCATENATED MODULE: ./build/actions/restore-watch.js








/**
 * Watches a requested restore until it is seen to have begun and ended, and starts the server if it ended
 * stopped (design §3.5). Throws nothing that the API does: what was not seen is the result's `reason`.
 */
async function watchRestore(restore, deps, options, heartbeat) {
    const { target } = restore;
    const seen = { status: restore.serverStatus };
    const other = restore.stage === 'other';
    const ended = { ...restore, stage: 'ended', confirmed: !other, reason: other ? OTHER : '' };
    try {
        const outcome = await watchUntilEnd(restore, deps, options, heartbeat, (server) => (seen.status = server.status));
        if (outcome.end === null)
            return { ...restore, serverStatus: seen.status, reason: unconfirmed(outcome.why, other) };
        if (outcome.end === 'active' || !target.startIfStopped)
            return { ...ended, serverStatus: seen.status };
        const failure = await startAfterwards(restore, deps, options);
        if (failure === null)
            return { ...ended, serverStatus: 'active', started: true };
        return {
            ...ended,
            confirmed: false,
            serverStatus: seen.status,
            reason: [ended.reason, failure].filter((text) => text !== '').join('; '),
        };
    }
    catch (error) {
        return { ...restore, serverStatus: seen.status, reason: unconfirmed(log_describeError(error), other) };
    }
    finally {
        heartbeat.remove(target.label);
    }
}
/** What went wrong with the start of a server that the restore left stopped, or `null`. */
async function startAfterwards({ target }, deps, options) {
    try {
        await startServer({ id: target.serverId, label: target.label }, deps, options);
        return null;
    }
    catch (error) {
        if (!(error instanceof errors_FailedError))
            throw error;
        return `the server ended stopped and was not seen active again (${log_describeError(error.cause ?? error)})`;
    }
}
const OTHER = 'another restore was running; none was requested by this run';
function unconfirmed(why, other) {
    return other ? `another restore is running, and its end was not seen: ${why}` : why;
}
async function watchUntilEnd({ target, before, accepted, sawRestoring }, deps, options, heartbeat, onSeen) {
    const { clock, log } = deps;
    const { schedule, until } = options;
    const begun = clock.now();
    let state = startRestoration(before, { accepted, sawRestoring });
    let phase = 'requested';
    let status = null;
    for (;;) {
        const seen = await look_look(() => deps.api.getServer(target.serverId, lookDeadline(until, deps)));
        if ('value' in seen) {
            onSeen(seen.value);
            if (seen.value.status !== status)
                log.event(target.label, `server is '${seen.value.status || 'without a status'}'`);
            status = seen.value.status;
            ({ state, phase } = observeServer(state, seen.value));
        }
        const now = clock.now();
        const shown = status ?? 'unknown';
        if (phase === 'active' || phase === 'stopped')
            return { end: phase };
        if (phase === 'broken')
            return { end: null, why: `the server is '${shown}'` };
        if (phase === 'not_begun')
            return { end: null, why: 'nothing shows that the restore has begun' };
        if (now >= until) {
            const outage = 'outage' in seen ? `; the API did not answer at last: ${seen.outage.message}` : '';
            return {
                end: null,
                why: `the time of ${formatDuration(options.timeout)} is over, the server is '${shown}'${outage}`,
            };
        }
        heartbeat.set(target.label, `'${shown}'`);
        heartbeat.beat();
        const wanted = status === 'restoring' ? schedule.work('restore', now - begun) : schedule.doubt;
        await deps_pause(deps, Math.min(wanted, until - now));
    }
}

;// CONCATENATED MODULE: ./build/actions/rollback.js







/**
 * Puts servers back (design §3.4, §3.5): all are read and judged, and the judgements printed, before the first
 * request; then all requests go out at once, and each restore is watched to its end. Throws nothing that the API
 * does; each result says what is known.
 */
async function restoreServers(targets, deps, options) {
    const judgements = await Promise.all(targets.map((target) => judgeRestore(target, deps, options)));
    const restores = [...judgements];
    const heartbeat = createHeartbeat('restoring', deps);
    await Promise.all(judgements.map(async (judged, index) => {
        const tell = async (restore) => {
            restores[index] = restore;
            await options.onRequested(restores);
        };
        const asked = judged.stage === 'judged' ? await requestRestore(judged, deps, options, tell) : judged;
        const watched = asked.stage === 'requested' || asked.stage === 'other';
        restores[index] = watched ? await watchRestore(asked, deps, options, heartbeat) : asked;
    }));
    return await addHealth(restores, deps, options);
}
/** Reads what the interlocks need, prints how they stand, and says whether the restore may be requested. */
async function judgeRestore(target, deps, options) {
    const restore = {
        target,
        stage: 'refused',
        snapshot: null,
        absent: false,
        before: null,
        requested: false,
        accepted: false,
        sawRestoring: false,
        confirmed: false,
        started: false,
        health: 'not_checked',
        serverStatus: null,
        reason: '',
    };
    try {
        const list = await deps.api.listSnapshots({ serverId: target.serverId }, options.until);
        const before = await rollback_readServer(target, deps, options.until);
        const other = before?.status === 'restoring' && options.whenRestoring === 'wait';
        const { snapshot, refusals, warnings } = options.check({
            snapshotId: target.snapshotId,
            key: target.key,
            serverIds: [...target.serverIds, ...(before === null ? [] : server_idsOf(before))],
            list,
            serverStatus: other ? null : (before?.status ?? null),
            seenCompleted: target.seenCompleted,
        });
        for (const warning of warnings)
            deps.log.warning('Newer snapshot on the server', `${target.label}: ${warning}.`);
        const taken = snapshot && `${snapshot.status}, created ${snapshot.createdAt ?? 'at an unknown time'}`;
        deps.log.group(`Interlocks for ${target.label}`, [
            `snapshot ${target.snapshotId}: ${taken ?? 'not listed'}`,
            ...(target.key === null ? [] : [`seen completed by: ${target.seenCompleted ?? 'nobody'}`]),
            `server: ${before?.status ?? 'could not be read'}`,
            ...(refusals.length === 0
                ? [before === null ? 'the others hold' : 'all hold']
                : refusals.map((refusal) => `REFUSED: ${refusal}`)),
        ]);
        const read = {
            ...restore,
            snapshot,
            absent: snapshot === null && list.complete,
            before,
            serverStatus: before?.status ?? null,
        };
        if (refusals.length > 0)
            return { ...read, reason: refusals.join('; ') };
        if (other)
            deps.log.event(target.label, 'another restore is running; waiting for its end');
        return { ...read, stage: other ? 'other' : 'judged' };
    }
    catch (error) {
        return { ...restore, reason: `what a restore depends on could not be read: ${log_describeError(error)}` };
    }
}
/** The server, or `null` where the token may not read it or the API has no such call [C]. */
async function rollback_readServer(target, deps, until) {
    try {
        return await deps.api.getServer(target.serverId, until);
    }
    catch (error) {
        if (!(error instanceof errors_VpsError && isDenied(error)))
            throw error;
        deps.log.warning('Server cannot be read', `${target.label}: a restore cannot be confirmed. ${error.message}`);
        return null;
    }
}
/** Checks the application once, when all restores have ended, if the server of any of them is up. */
async function addHealth(restores, deps, options) {
    const isUp = ({ stage, serverStatus }) => stage === 'ended' && serverStatus === 'active';
    if (options.healthUrls.length === 0 || !restores.some(isUp))
        return restores;
    const failure = await checkHealth(options.healthUrls, deps, options).catch(log_describeError);
    return restores.map((restore) => {
        if (!isUp(restore))
            return restore;
        const reason = [restore.reason, failure ?? ''].filter((text) => text !== '').join('; ');
        return { ...restore, health: failure === null ? 'passed' : 'failed', reason };
    });
}

;// CONCATENATED MODULE: ./build/actions/post.js













/** Time for everything that is no restore. */
const CLEANUP_MS = 5 * 60_000;
/** After a cancel the runner allows about 4 min 45 s for all posts together (runner facts). */
const CANCEL_MS = 4 * 60_000;
/**
 * The root action's post step (design §3.4): starts what main left stopped, then restores, cleans up or reports,
 * as one pure decision over the saved state says. `connect` gives what the step works with, and is called only for a
 * state that can be acted on. The exit code is 1 before, and is set to 0 as soon as it is known that nothing red will
 * follow; throws where the step is red for a reason that is not told yet.
 */
async function post(saved, inputs, idle, connect) {
    if (saved.kind !== 'usable' || madeNothing(saved)) {
        endIdle(saved, idle);
        if (saved.kind === 'unreadable')
            await startReadable(saved, inputs, idle, connect);
        return;
    }
    const { step, servers } = saved;
    const deps = connect(step);
    const decision = decidePost({
        policy: step.policy,
        // A dry run made nothing; it shows what would follow if it had.
        succeeded: step.succeeded || step.dryRun,
        statusBefore: step.statusBefore,
        jobStatus: inputs.jobStatus,
        restoreIf: inputs.restoreIf,
    });
    const stopped = servers.some(({ power }) => isStoppedByUs(power));
    if (step.dryRun || !(isRed(decision) || stopped))
        idle.runner.setExitCode(0);
    const dry = step.dryRun ? 'Dry run, nothing is done. ' : '';
    idle.log.info(`${dry}${describeDecision(decision, step)}, because ${decision.why}.`);
    warnNotAsked(step, inputs, idle);
    const work = !step.dryRun && hasWork(decision, saved);
    const report = {
        step,
        decision,
        helpless: work && inputs.tokenProblem !== '',
        leftovers: servers.map((record) => leaveAsSaved(record, deps)),
        restores: [],
        pruned: [],
        deleted: [],
    };
    await writeReport(deps, async () => {
        if (report.helpless)
            throw noToken(decision.why, servers, inputs);
        if (work)
            await act(report, saved, inputs, deps);
        else if (step.dryRun && decision.action === 'clean_up')
            await planCleanUp(report, inputs, deps);
        else
            tellKept(report, deps);
        if (decision.action === 'keep' && decision.red === true && !step.dryRun)
            throw notRestored(report);
    }, (alerts) => summarizePost(report, alerts, deps.log.events()));
}
/** Nothing was begun, or nobody can know: no request is sent, and the step is green. */
function endIdle(saved, { log, runner }) {
    if (saved.kind === 'unreadable') {
        log.warning('State not readable', `${saved.why}, so nothing is looked up, restored or deleted. Look at the snapshots in the panel of VPS.org.`);
    }
    else {
        log.info(`Nothing to do: ${saved.kind === 'none' ? saved.why : 'the snapshot step made no snapshot'}.`);
    }
    runner.setExitCode(0);
}
/** Of a state that is torn one thing is done all the same: no server stays stopped that can be read from it. */
async function startReadable({ step, servers }, inputs, { runner }, connect) {
    if (step === null || !servers.some(({ power }) => isStoppedByUs(power)))
        return;
    runner.setExitCode(1);
    if (inputs.tokenProblem !== '')
        throw noToken('a server is left stopped', servers, inputs);
    const deps = connect(step);
    const until = deps.clock.now() + (inputs.jobStatus === 'cancelled' ? CANCEL_MS : START_MS);
    if (await startLeftStopped(servers, deps, createSchedule(step.pollInterval), until))
        runner.setExitCode(0);
}
/** A misspelt id in `restore_if` looks like a failure of something else. */
function warnNotAsked(step, inputs, { log }) {
    if (inputs.jobStatus !== 'failure' || policy_readRestoreIf(inputs.restoreIf) !== 'no' || !step.succeeded)
        return;
    log.warning('Not asked to restore', "The job failed and 'restore_if' is false, so nothing is restored, and the server is as the job left it. If it was the deploy that failed, check that 'restore_if' names the id of the deploy step: an unknown id is no error, it is just never 'failure'.");
}
/** Rule 0: main ended before its intent, or its request was refused for certain. */
function madeNothing({ step, servers }) {
    const isNothing = ({ phase, resent }) => (phase === 'planned' || phase === 'refused') && !resent;
    return !step.dryRun && servers.every((record) => isNothing(record) && !isStoppedByUs(record.power));
}
async function act(report, { step, servers }, inputs, deps) {
    const { decision } = report;
    const schedule = createSchedule(step.pollInterval);
    const deletes = isDeleting(decision, step);
    const cancelled = inputs.jobStatus === 'cancelled';
    const begun = deps.clock.now();
    const until = begun + (cancelled ? CANCEL_MS : CLEANUP_MS);
    const starting = startLeftStopped(servers, deps, schedule, begun + (cancelled ? CANCEL_MS : START_MS));
    if (decision.action === 'restore') {
        await restore(report, deps, begun + Math.min(step.restoreTimeout, cancelled ? CANCEL_MS : Infinity));
    }
    report.leftovers = await Promise.all(servers.map(async (record) => needsLook(record, step, deletes)
        ? await findLeftover(record, deps, schedule, cancelled ? until : deps.clock.now() + CLEANUP_MS)
        : leaveAsSaved(record, deps)));
    if (decision.action === 'delete')
        report.deleted = await deleteSnapshots(report.leftovers, deps, until);
    else if (decision.action === 'clean_up')
        Object.assign(report, await cleanUp(report.leftovers, step.policy, deps, { until, dryRun: false }));
    else if (decision.action === 'keep')
        report.deleted = await deleteTwins(report.leftovers, deps, until);
    tellKept(report, deps);
    // A rollback leaves the job red, however well it went: its exit code stays 1.
    if (!(await starting))
        deps.runner.setExitCode(1);
    else if (!isRed(decision))
        deps.runner.setExitCode(0);
}
/** The dry run's clean-up: which older snapshots would go, and why. */
async function planCleanUp(report, inputs, deps) {
    if (inputs.tokenProblem !== '')
        return deps.log.warning('No plan', `The plan needs a token: ${inputs.tokenProblem}.`);
    const options = { until: deps.clock.now() + CLEANUP_MS, dryRun: true };
    Object.assign(report, await cleanUp(report.leftovers, report.step.policy, deps, options));
}
function isRed(decision) {
    return decision.action === 'restore' || (decision.action === 'keep' && decision.red === true);
}
/** Whether any request is needed: a post step with nothing to do sends none. */
function hasWork(decision, { step, servers }) {
    const deletes = isDeleting(decision, step);
    if (servers.some((record) => isStoppedByUs(record.power) || needsLook(record, step, deletes)))
        return true;
    const made = servers.some((record) => record.snapshotId !== null);
    if (decision.action === 'restore')
        return true;
    return (deletes && made) || (decision.action === 'clean_up' && step.policy.keepLast > 0);
}
/** Whether the step's own snapshot is to go. */
function isDeleting({ action }, { policy }) {
    return action === 'delete' || (action === 'clean_up' && policy.onSuccess === 'delete');
}
async function restore(report, deps, until) {
    const { step } = report;
    const write = async () => await deps.runner.writeSummary(summarizePost(report, deps.log.alerts(), deps.log.events()));
    report.restores = await restoreServers(report.leftovers.map(targetOf), deps, {
        schedule: createSchedule(step.pollInterval),
        until,
        timeout: until - deps.clock.now(),
        healthUrls: step.healthUrls,
        check: checkRollback,
        whenRestoring: 'refuse',
        async onRequested(restores) {
            report.restores = restores;
            await write();
        },
    });
    for (const each of report.restores)
        tellRestore(each, step.apiUrl, deps, true);
    await write();
    await deps.notice?.tell(describeForGithub(report.restores, deps.job));
}
function targetOf(leftover) {
    const { record, id, awaited } = leftover;
    const byWait = awaited ? 'the wait action of this job' : null;
    return {
        label: track_labelOf(record),
        serverId: record.server,
        serverIds: record.ids,
        snapshotId: id ?? '',
        exact: isExact(leftover),
        name: record.name,
        createdAt: record.createdAt,
        key: record.key,
        seenCompleted: record.phase === 'completed' ? 'the snapshot step' : byWait,
        startIfStopped: record.power?.found !== 'stopped',
    };
}
/** A restore was asked for, and the rules keep the snapshot instead. */
function notRestored({ decision, leftovers, step }) {
    const commands = leftovers
        .filter((leftover) => isCompleted(leftover) && isExact(leftover))
        .map(({ id }) => restoreCommand(step.apiUrl, id ?? ''));
    const byHand = commands.length === 0 ? '' : ' To restore by hand (overwrites the server):';
    return new errors_FailedError('Not restored', `Nothing was restored, because ${decision.why}.${byHand}`, {
        ...(commands.length > 0 && { command: commands.join('\n') }),
    });
}
/** The post step cannot reach the API although it had to. */
function noToken(why, servers, inputs) {
    const made = servers
        .filter((record) => record.snapshotId !== null || isUncertain(record))
        .map((record) => `${record.snapshotId ?? `${record.name} (uncertain)`} of ${track_labelOf(record)}`);
    const stopped = servers.filter(({ power }) => isStoppedByUs(power)).map(track_labelOf);
    return new errors_FailedError('Post step without a token', [
        `The post step had work, because ${why}, but can do none of it and sent nothing: ${inputs.tokenProblem}.`,
        'In nested composite actions the runner reads the inputs of post steps in the wrong place: use this action in the workflow itself or one level deep.',
        made.length > 0 ? `Snapshots: ${made.join(', ')}.` : '',
        stopped.length > 0 ? `LEFT STOPPED, to be started by hand: ${stopped.join(', ')}.` : '',
    ]
        .filter((text) => text !== '')
        .join(' '));
}
/** Names everything that stays, and says how it is known to be. */
function tellKept({ leftovers, deleted, restores }, { log }) {
    for (const leftover of leftovers) {
        const { record, id, found, looked } = leftover;
        const label = track_labelOf(record);
        const restored = restores.some(({ target }) => target.snapshotId === id);
        if (id !== null && !restored && !deleted.includes(id) && !(looked && found === null)) {
            const word = found?.status ?? (isCompleted(leftover) ? 'completed' : 'not known to be completed');
            log.event(label, `snapshot ${id} (${record.name}) is kept, ${word}`);
        }
        const twins = leftover.twins
            .filter((twin) => !deleted.includes(twin.id))
            .map((twin) => twin.id || 'one without a usable id');
        if (twins.length > 0)
            log.event(label, `made twice, because an answer was lost; also there: ${twins.join(', ')}`);
    }
}

;// CONCATENATED MODULE: ./build/github/inputs.js





const DEFAULT_API_URL = 'https://admin.vps.org/api/v1';
/** Saved state has 128 KiB for all servers of a step. */
const MOST_SERVERS = 50;
function readApi(reader) {
    const apiToken = reader.text('api_token');
    maskToken(apiToken);
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
        reader.problems.push(TLS_PROBLEM);
    return {
        apiToken: reader.attempt('api_token', '', () => parseToken(apiToken)),
        apiUrl: reader.read('api_url', DEFAULT_API_URL, parseApiUrl),
        dryRun: reader.read('dry_run', false, parseBoolean),
    };
}
const TLS_PROBLEM = 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off, so anybody on the way could read the token; for a private authority set NODE_EXTRA_CA_CERTS instead';
/** Tells the runner to hide a token, line by line: a mask with line breaks in it would match nothing. */
function maskToken(token) {
    for (const line of token.split(/\s+/))
        if (line !== '')
            setSecret(line);
}
function readGithubToken(reader) {
    const token = reader.text('github_token');
    maskToken(token);
    return token;
}
const inputs_ON_FAILURE = (/* unused pure expression or super */ null && (['keep', 'restore', 'delete']));
const ON_SUCCESS = (/* unused pure expression or super */ null && (['keep', 'delete']));
const MINUTES = 60_000;
/** The inputs of the root action's main step; throws {@link InputError}. */
function readRootInputs() {
    const reader = new InputReader(getInput);
    const restoreIf = reader.text('restore_if');
    readGithubToken(reader);
    const inputs = {
        ...readApi(reader),
        serverIds: reader.ids('server_id', 'it is empty: give the id of the server, as the panel of VPS.org or the API shows it'),
        nameTemplate: reader.attempt('name_template', [], () => parseTemplate(reader.text('name_template') || 'deploy-{repo}-{run_id}-{run_attempt}')),
        description: reader.text('description'),
        wait: reader.read('wait', true, parseBoolean),
        waitTimeout: reader.read('wait_timeout', 30 * MINUTES, parseDuration),
        pollInterval: reader.pollInterval(),
        stopServer: reader.read('stop_server', false, parseBoolean),
        whenFull: reader.read('when_full', 'fail', (text) => parseChoice(text, ['fail', 'rotate'])),
        onRerun: reader.read('on_rerun', 'create', (text) => parseChoice(text, ['create', 'reuse'])),
        onFailure: reader.read('on_failure', 'keep', (text) => parseChoice(text, inputs_ON_FAILURE)),
        onCancel: reader.read('on_cancel', 'keep', (text) => parseChoice(text, inputs_ON_FAILURE)),
        onSuccess: reader.read('on_success', 'keep', (text) => parseChoice(text, ON_SUCCESS)),
        restoreIfGiven: restoreIf !== '',
        keepLast: reader.read('keep_last', 0, (text) => parseCount(text, 0, 1000)),
        restoreTimeout: reader.read('restore_timeout', 30 * MINUTES, parseDuration),
        healthUrls: reader.read('health_url', [], parseHealthUrls),
        jobStatus: reader.text('job_status'),
    };
    checkRoot(reader, inputs, restoreIf);
    return reader.finish(inputs);
}
function checkRoot(reader, inputs, restoreIf) {
    if (inputs.serverIds.length > MOST_SERVERS)
        reader.problem('server_id', `more than ${MOST_SERVERS} servers in one step`);
    if (inputs.stopServer && !inputs.wait) {
        reader.problem('stop_server', "it needs 'wait: true': the server is started again when the snapshot is complete");
    }
    if (inputs.keepLast > 0 && inputs.onSuccess === 'delete') {
        reader.problem('keep_last', "it cannot be used with 'on_success: delete', which deletes the snapshot that it would keep");
    }
    const asked = readRestoreIf(restoreIf);
    if (asked === 'yes') {
        reader.problem('restore_if', "it is already true before the deploy has run. Write it with == 'failure', as in ${{ steps.deploy.outcome == 'failure' }}: a step that has not run or was skipped is not a failed one, so != 'success' does not do");
    }
    else if (asked === null) {
        reader.problem('restore_if', `${JSON.stringify(restoreIf.slice(0, 80))} is neither true nor false nor empty${/[=.(]/.test(restoreIf) ? '. An expression stands inside ${{ }}' : ''}`);
    }
}
/** The inputs of the root action's post step; never throws for what they contain. */
function readPostInputs() {
    const reader = new reader_InputReader(core_getInput);
    const apiToken = reader.text('api_token');
    maskToken(apiToken);
    let tokenProblem = '';
    try {
        values_parseToken(apiToken);
        if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
            tokenProblem = TLS_PROBLEM;
    }
    catch (error) {
        tokenProblem = `'api_token': ${error instanceof Error ? error.message : String(error)}`;
    }
    return {
        apiToken,
        githubToken: readGithubToken(reader),
        jobStatus: reader.text('job_status').toLowerCase(),
        restoreIf: reader.text('restore_if'),
        tokenProblem,
    };
}
const NO_SNAPSHOT_ID = 'it is empty. Likely causes: the step or job that makes the snapshot made none or was skipped; its output is not passed on by the job (outputs:); or the runner dropped the output because it contains a secret';
function readSnapshotIds(reader, dryRun) {
    if (!dryRun)
        return reader.ids('snapshot_id', NO_SNAPSHOT_ID);
    return reader.read('snapshot_id', [], parseIds);
}
/** The inputs of `wait`; throws {@link InputError}. */
function readWaitInputs() {
    const reader = new InputReader(getInput);
    const api = readApi(reader);
    return reader.finish({
        ...api,
        snapshotIds: readSnapshotIds(reader, api.dryRun),
        serverIds: reader.read('server_id', [], parseIds),
        waitTimeout: reader.read('wait_timeout', 30 * MINUTES, parseDuration),
        pollInterval: reader.pollInterval(),
    });
}
/** The inputs of `restore`; throws {@link InputError}. */
function readRestoreInputs() {
    const reader = new InputReader(getInput);
    const api = readApi(reader);
    const serverIds = reader.read('server_id', [], parseIds);
    if (serverIds.length > 1) {
        reader.problem('server_id', 'give one server: it is compared with the server of the snapshot');
    }
    const inputs = {
        ...api,
        snapshotIds: readSnapshotIds(reader, api.dryRun),
        serverId: serverIds[0] ?? null,
        allowOlder: reader.read('allow_older', false, parseBoolean),
        restoreTimeout: reader.read('restore_timeout', 30 * MINUTES, parseDuration),
        pollInterval: reader.pollInterval(),
        healthUrls: reader.read('health_url', [], parseHealthUrls),
        githubToken: readGithubToken(reader),
    };
    if (inputs.serverId !== null && inputs.snapshotIds.length > 1) {
        reader.problem('snapshot_id', "several snapshots are of several servers, which one 'server_id' cannot check");
    }
    return reader.finish(inputs);
}
/** The inputs of `delete`; throws {@link InputError}. */
function readDeleteInputs() {
    const reader = new InputReader(getInput);
    const api = readApi(reader);
    return reader.finish({
        ...api,
        snapshotIds: readSnapshotIds(reader, api.dryRun),
        force: reader.read('force', false, parseBoolean),
    });
}
/** The inputs of `prune`; throws {@link InputError}. */
function readPruneInputs() {
    const reader = new InputReader(getInput);
    const api = readApi(reader);
    const olderThan = reader.read('older_than', null, (text) => parseDuration(text, { max: 3650 * 24 * 60 * MINUTES }));
    const given = reader.text('keep_last') !== '' || reader.text('older_than') !== '';
    if (!given)
        reader.problem('keep_last', "give 'keep_last' or 'older_than' or both: without a rule nothing can be pruned");
    return reader.finish({
        ...api,
        serverIds: reader.ids('server_id', 'it is empty: give the id of each server to prune'),
        // With an age alone the newest one stays: a repository that rests keeps its last restore point.
        keepLast: reader.read('keep_last', 1, (text) => parseCount(text, 1, 1000)),
        olderThan,
    });
}

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: ./build/github/notice.js

/** GitHub answers a comment in about a second; a hanging request must not use up the post step's time. */
const TIMEOUT_MS = 15_000;
/** The notice for a `github_token`; without one it tells nothing. */
function createNotice(githubToken, { job, log, runner }) {
    if (githubToken === '')
        return undefined;
    runner.hide(githubToken);
    return {
        async tell(markdown) {
            try {
                await comment(githubToken, job, markdown);
            }
            catch (error) {
                log.warning('No comment on GitHub', `The rollback could not be told on GitHub: ${notice_explain(error)}`);
            }
        },
    };
}
async function comment(githubToken, job, body) {
    // Loaded only now: it would cost every run some 10 ms for what few of them need.
    const { getOctokit } = await __nccwpck_require__.e(/* import() */ 413).then(__nccwpck_require__.bind(__nccwpck_require__, 413));
    const octokit = getOctokit(githubToken, { request: { signal: AbortSignal.timeout(TIMEOUT_MS) } });
    const repository = { owner: job.owner, repo: job.repository.slice(job.repository.indexOf('/') + 1) };
    const number = (await pullRequestOfEvent(job.eventPath)) ?? (await pullRequestOfCommit());
    if (number !== undefined)
        await octokit.rest.issues.createComment({ ...repository, issue_number: number, body });
    else
        await octokit.rest.repos.createCommitComment({ ...repository, commit_sha: job.sha, body });
    async function pullRequestOfCommit() {
        try {
            const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
                ...repository,
                commit_sha: job.sha,
            });
            return (data.find((pull) => pull.state === 'open') ?? data[0])?.number;
        }
        catch (error) {
            // A token that may comment on commits only: the commit is still a good place.
            if (statusOf(error) === 403 || statusOf(error) === 404)
                return undefined;
            throw error;
        }
    }
}
async function pullRequestOfEvent(file) {
    try {
        const event = JSON.parse(await (0,promises_namespaceObject.readFile)(file, 'utf8'));
        const number = event.pull_request?.number;
        return typeof number === 'number' ? number : undefined;
    }
    catch {
        return undefined;
    }
}
function statusOf(error) {
    return error instanceof Error && 'status' in error ? error.status : undefined;
}
function notice_explain(error) {
    const status = statusOf(error);
    if (status === 401)
        return "'github_token' is not valid";
    if (status === 403 || status === 404) {
        return "'github_token' lacks a permission: the job needs 'permissions: pull-requests: write' for a comment on a pull request, and 'contents: write' for one on a commit";
    }
    return error instanceof Error ? error.message : String(error);
}

;// CONCATENATED MODULE: external "node:timers/promises"
const external_node_timers_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: ./build/github/evidence.js



function createEvidence(job, apiUrl) {
    const folder = external_node_path_namespaceObject.join(job.temp, 'vps-snapshot-action');
    const { repositoryId, runId, runAttempt, job: jobId } = job.origin;
    const fileOf = (id) => external_node_path_namespaceObject.join(folder, `${(0,external_node_crypto_namespaceObject.createHash)('sha256').update(`${apiUrl}\n${id}`).digest('hex').slice(0, 32)}.json`);
    const textOf = (id) => JSON.stringify({
        version: 1,
        snapshotId: id,
        apiUrl,
        repositoryId,
        runId,
        runAttempt,
        job: jobId,
        status: 'completed',
    });
    return {
        save(id) {
            if (job.temp === '')
                return;
            (0,external_node_fs_namespaceObject.mkdirSync)(folder, { recursive: true });
            (0,external_node_fs_namespaceObject.writeFileSync)(fileOf(id), textOf(id));
        },
        has(id) {
            if (job.temp === '')
                return false;
            try {
                return (0,external_node_fs_namespaceObject.readFileSync)(fileOf(id), 'utf8') === textOf(id);
            }
            catch {
                return false;
            }
        },
    };
}

;// CONCATENATED MODULE: ./build/github/job.js
/** Reads the runner's variables; whatever is missing becomes empty (act and old servers give fewer). */
function readJob(env) {
    const get = (name) => env[name]?.trim() ?? '';
    const repository = get('GITHUB_REPOSITORY');
    const runId = get('GITHUB_RUN_ID');
    const attempt = get('GITHUB_RUN_ATTEMPT');
    const serverUrl = get('GITHUB_SERVER_URL');
    const sha = get('GITHUB_SHA');
    return {
        origin: {
            repositoryId: get('GITHUB_REPOSITORY_ID') || repository,
            repository,
            runId,
            runAttempt: /^\d{1,4}$/.test(attempt) ? Number(attempt) : 1,
            job: get('GITHUB_JOB'),
            step: get('GITHUB_ACTION'),
            sha,
        },
        repository,
        owner: get('GITHUB_REPOSITORY_OWNER') || (repository.split('/')[0] ?? ''),
        ref: get('GITHUB_REF_NAME') || get('GITHUB_REF').replace(/^refs\/(heads|tags)\//, ''),
        sha,
        runNumber: get('GITHUB_RUN_NUMBER'),
        workflow: get('GITHUB_WORKFLOW'),
        runUrl: serverUrl && repository && runId ? `${serverUrl}/${repository}/actions/runs/${runId}` : '',
        temp: get('RUNNER_TEMP'),
        eventPath: get('GITHUB_EVENT_PATH'),
    };
}

;// CONCATENATED MODULE: ./build/github/runner.js



/** Anything shorter would blank half of the log out. */
const SHORTEST_SECRET = 4;
/**
 * The real runner. Secrets are blanked out here although the runner masks its log: it masks no summary, output
 * or state file, and an API may repeat a token in an error.
 */
function createRunner() {
    const hidden = new Set();
    const blank = (text) => [...hidden].reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
    /** Outputs are told again whenever more is known; only what changed is worth a line in the runner's file. */
    const outputs = new Map();
    let before;
    return {
        write: (line) => info(neutralize(blank(line))),
        debug: (line) => debug(neutralize(blank(line))),
        annotate: (kind, title, text) => core_namespaceObject[kind](cut(neutralize(blank(text))), { title: neutralize(blank(title)) }),
        startGroup: (title) => startGroup(neutralize(blank(title))),
        endGroup: () => endGroup(),
        setOutput(name, value) {
            const shown = blank(value);
            if (outputs.get(name) !== shown)
                setOutput(name, shown);
            outputs.set(name, shown);
        },
        saveState: (name, value) => saveState(name, blank(value)),
        async writeSummary(markdown) {
            const file = process.env['GITHUB_STEP_SUMMARY'];
            if (file === undefined || file === '')
                return;
            try {
                before ??= await (0,promises_namespaceObject.readFile)(file, 'utf8');
                summary.emptyBuffer().addRaw(before + blank(markdown), true);
                await summary.write({ overwrite: true });
            }
            catch (error) {
                // A summary is a courtesy; a full disk must not turn a good deploy red.
                warning(`The job summary could not be written: ${error instanceof Error ? error.message : String(error)}`);
            }
        },
        setExitCode(code) {
            process.exitCode = code;
        },
        hide(secret) {
            if (secret.length < SHORTEST_SECRET)
                return;
            hidden.add(secret);
            hidden.add(escapeMarkdown(secret));
        },
    };
}
/** Longest annotation that the runner keeps (runner facts). */
const ANNOTATION_LIMIT = 4000;
function cut(text) {
    return text.length <= ANNOTATION_LIMIT ? text : `${text.slice(0, ANNOTATION_LIMIT - 1)}…`;
}
/**
 * Takes the power out of workflow commands. The runner reads `::name` at the beginning of a line, the old form
 * `##[name` anywhere in it, and takes a lone carriage return for a line's end. Other control characters could
 * rewrite what a terminal shows.
 */
function neutralize(text) {
    return text
        .replace(/\r\n?/g, '\n')
        .replace(INVISIBLE, ' ')
        .replace(/##\[/g, '# #[')
        .replace(/^(\s*):(?=:)/gm, '$1: ');
}
/** Control characters but tab and line feed, line separators, and what changes the direction of text. */
const INVISIBLE = 
// oxlint-disable-next-line no-control-regex
/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

;// CONCATENATED MODULE: ./build/vps/text.js
/** Longest piece of API text that is kept for people. */
const TEXT_LIMIT = 300;
/**
 * API text as one line without control characters, terminal escapes, bidi marks or other invisible
 * characters, cut to a length that fits a log line. It may still hold Markdown: whoever renders it escapes it.
 */
function cleanText(text, limit = TEXT_LIMIT) {
    const line = text
        // Cut before the work as well: the text may have megabytes.
        .slice(0, limit * 4)
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ')
        .replace(/ {2,}/g, ' ')
        .trim();
    return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

;// CONCATENATED MODULE: ./build/vps/schemas.js


/**
 * The schema checks. A missing, null or new field never breaks more than itself; only an answer whose shape
 * makes it unusable is refused, with a {@link SchemaError} that says what was expected.
 */
class SchemaError extends Error {
    name = 'SchemaError';
}
/** A JSON number whose digits a double cannot hold, with the digits as they were sent. */
class BigNumber {
    digits;
    constructor(digits) {
        this.digits = digits;
    }
}
/** Parses JSON and keeps the digits of integers above 2^53; throws {@link SchemaError} for anything else. */
function parseJson(body) {
    try {
        // The digits matter only where a number has enough of them to lose one; looking at each value is slow.
        if (!/\d{16}/.test(body))
            return JSON.parse(body);
        return JSON.parse(body, (_key, value, context) => {
            const source = context?.source;
            const lossy = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
            return lossy && source !== undefined && /^\d{1,64}$/.test(source) ? new BigNumber(source) : value;
        });
    }
    catch (cause) {
        const start = cleanText(body, 60);
        throw new SchemaError(start === '' ? 'the body is empty' : `the body is not JSON, it begins: ${start}`, {
            cause,
        });
    }
}
function fieldsOf(value, what) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof BigNumber) {
        throw new SchemaError(`${what} is not an object`);
    }
    return value;
}
function textOf(value, limit) {
    return typeof value === 'string' ? cleanText(value, limit) : null;
}
/** A count or a size. */
function amountOf(value) {
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
/** An id as text; `null` for none, and for one that may not stand in a path. */
function idOf(value) {
    if (value instanceof BigNumber)
        return ID_PATTERN.test(value.digits) ? { id: value.digits, exact: false } : null;
    if (typeof value === 'number')
        return Number.isSafeInteger(value) && value >= 0 ? { id: String(value), exact: true } : null;
    return typeof value === 'string' && ID_PATTERN.test(value) ? { id: value, exact: true } : null;
}
function parseServerRef(value) {
    if (typeof value !== 'object' || value === null)
        return { id: idOf(value)?.id ?? null, uuid: null, name: null };
    const fields = value;
    return {
        id: idOf(value instanceof BigNumber ? value : fields['id'])?.id ?? null,
        uuid: idOf(fields['uuid'])?.id ?? null,
        name: textOf(fields['name'], 100),
    };
}
/** Longer than any description that this tool writes; a marker behind it cannot be ours. */
const DESCRIPTION_READ = 4096;
/** One snapshot of a list or of the answer to a create request [D]. */
function parseSnapshot(value) {
    const fields = fieldsOf(value, 'a snapshot');
    const id = idOf(fields['id']) ?? idOf(fields['uuid']);
    const createdAt = textOf(fields['created_at'], 64);
    const description = fields['description'];
    return {
        id: id?.id ?? '',
        exact: id?.exact ?? false,
        server: parseServerRef(fields['server']),
        name: textOf(fields['name'], 200),
        status: (textOf(fields['status'], 40) ?? '').toLowerCase(),
        sizeMb: amountOf(fields['size_mb']),
        createdAt,
        created: parseTime(createdAt),
        description: typeof description === 'string' && description.length <= DESCRIPTION_READ ? description : null,
    };
}
/** A list: `{count, next, previous, results}`, the same without the links, or a bare array [D][C]. */
function parseSnapshotPage(value) {
    if (Array.isArray(value))
        return { snapshots: value.map(parseSnapshot), count: value.length, next: null };
    const fields = fieldsOf(value, 'the list of snapshots');
    const { results, next } = fields;
    if (!Array.isArray(results))
        throw new SchemaError("the list of snapshots has no 'results'");
    if (next !== undefined && next !== null && typeof next !== 'string') {
        throw new SchemaError("'next' of the list of snapshots is no address");
    }
    return {
        snapshots: results.map(parseSnapshot),
        count: amountOf(fields['count']),
        next: next === '' ? null : next,
    };
}
/** The answer to a create request: a snapshot that has an id. */
function parseCreated(value) {
    const snapshot = parseSnapshot(value);
    if (snapshot.id === '')
        throw new SchemaError('the new snapshot has no id that could be used');
    return snapshot;
}
/** One server [D][C]. */
function parseServer(value) {
    const fields = fieldsOf(value, 'the server');
    const ref = parseServerRef(value);
    if (ref.id === null && ref.uuid === null && typeof fields['status'] !== 'string') {
        throw new SchemaError('the server has neither an id nor a status');
    }
    return {
        ...ref,
        status: (textOf(fields['status'], 40) ?? '').toLowerCase(),
        updatedAt: textOf(fields['updated_at'], 64),
    };
}
/** The reason in an error's body: `detail`, the fields' messages, or the beginning of plain text [C]. */
function parseDetail(body) {
    let value;
    try {
        value = JSON.parse(body);
    }
    catch {
        const text = cleanText(body.slice(0, 4000).replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' '), 200);
        return text === '' ? undefined : text;
    }
    const text = cleanText(flatten(value).join('; '));
    return text === '' ? undefined : text;
}
function flatten(value, depth = 0) {
    if (typeof value === 'string')
        return [value.slice(0, 1000)];
    if (typeof value !== 'object' || value === null || depth > 2)
        return [];
    if (Array.isArray(value))
        return value.slice(0, 10).flatMap((item) => flatten(item, depth + 1));
    return Object.entries(value)
        .slice(0, 10)
        .flatMap(([name, item]) => {
        const texts = flatten(item, depth + 1);
        const plain = name === 'detail' || name === 'message' || name === 'error' || name === 'non_field_errors';
        return texts.map((text) => (plain ? text : `${name}: ${text}`));
    });
}

;// CONCATENATED MODULE: ./build/vps/api.js



/** The longest page that the API gives [C]. */
const PAGE_SIZE = 100;
const MAX_PAGES = 50;
/** How often a list is read again because it changed while its pages were read. */
const MAX_READS = 3;
/** The endpoints over a client; `apiUrl` is the same that the client has. */
function createApi(send, apiUrl) {
    return {
        async listSnapshots({ serverId }, until) {
            const query = new URLSearchParams({
                ...(serverId !== undefined && { server_id: serverId }),
                page_size: String(PAGE_SIZE),
            });
            let list;
            for (let reads = 0; reads < MAX_READS && list?.complete !== true; reads += 1) {
                list = await readPages(send, apiUrl, `/snapshots/?${query}`, until);
                if (list.pages === 1 || list.pages >= MAX_PAGES)
                    break;
            }
            return list ?? { snapshots: [], complete: false, now: null, pages: 0 };
        },
        async createSnapshot({ serverId, name, description }, until) {
            const body = { server_id: idForBody(serverId), name, description };
            return (await send({ method: 'POST', path: '/snapshots/', body, until, read: json(parseCreated) }))
                .value;
        },
        async restoreSnapshot(id, until) {
            const path = `/snapshots/${encodeURIComponent(id)}/restore/`;
            refuseUnsafe('POST', path, id);
            // Only that the body is whole JSON counts: its `status` is the request's, not the restore's [D].
            await send({ method: 'POST', path, until, read: json((body) => body) });
        },
        async deleteSnapshot(id, until) {
            const path = `/snapshots/${encodeURIComponent(id)}/`;
            refuseUnsafe('DELETE', path, id);
            try {
                await send({ method: 'DELETE', path, until, read: noContent });
                return true;
            }
            catch (error) {
                if (error instanceof errors_VpsError && error.status === 404)
                    return false;
                throw error;
            }
        },
        async getServer(id, until) {
            const path = `/servers/${encodeURIComponent(id)}/`;
            return (await send({ method: 'GET', path, until, read: json(parseServer) })).value;
        },
        async powerServer(id, action, until) {
            const path = `/servers/${encodeURIComponent(id)}/power/`;
            // The body of the answer is not known [?]: an empty one or plain text is no reason to doubt a 2xx.
            await send({ method: 'POST', path, body: { action }, until, read: anything });
        },
    };
}
/** Readers of answers: JSON of a known shape, a 204 without a body, and a 2xx of any kind. */
function json(parse) {
    return ({ body }) => parse(parseJson(body));
}
function noContent({ status }) {
    if (status !== 204)
        throw new SchemaError('a 204 was expected');
}
function anything() { }
/** The last guard before a snapshot is overwritten or deleted: an odd id would fold into another address (design §4). */
function refuseUnsafe(method, path, id) {
    if (!ID_PATTERN.test(id))
        throw new errors_VpsError({ kind: 'unsafe_id', method, path });
}
/** A number where the id is one that a double holds, else text: the API documents integers [D] and has UUIDs [C]. */
function idForBody(id) {
    const number = Number(id);
    return /^(0|[1-9]\d*)$/.test(id) && Number.isSafeInteger(number) ? number : id;
}
async function readPages(send, apiUrl, firstPath, until) {
    const pages = [];
    const snapshots = [];
    const ids = new Set();
    const visited = new Set();
    let now = null;
    let steady = true;
    let path = firstPath;
    while (path !== null && pages.length < MAX_PAGES) {
        const answer = await send({
            method: 'GET',
            path,
            until,
            read: json(parseSnapshotPage),
        });
        const page = answer.value;
        now = answer.now ?? now;
        // An item on two pages, or another count: the list moved under the reader, and may have hidden an item.
        const fresh = page.snapshots.filter((s) => s.id === '' || !ids.has(s.id));
        if (fresh.length < page.snapshots.length || page.count !== (pages[0] ?? page).count)
            steady = false;
        for (const { id } of fresh)
            ids.add(id);
        snapshots.push(...fresh);
        pages.push(page);
        visited.add(path);
        path = nextPath(page, apiUrl, path);
        // A link that leads back would be followed for ever and prove nothing.
        if (path !== null && visited.has(path))
            break;
    }
    const last = pages.at(-1);
    const full = last !== undefined && last.count !== null && snapshots.length >= last.count;
    const ended = path === null && last?.next === null;
    // On several pages the end of the links proves less than the number of items: one may have slipped through.
    const complete = steady && (full || (ended && (pages.length === 1 || last.count === null)));
    return { snapshots, complete, now, pages: pages.length };
}
/**
 * The path of the next page. Only its path and query are used, and only below the API's own address: the
 * token never follows a link to another host. Proxies that end TLS make the API write `http:` links to itself,
 * so the scheme is not compared.
 */
function nextPath(page, apiUrl, path) {
    if (page.next === null || page.next === undefined)
        return null;
    const base = new URL(`${apiUrl}/`);
    const next = URL.parse(page.next, apiUrl + path);
    if (next === null || next.host !== base.host || !next.pathname.startsWith(base.pathname)) {
        throw new errors_VpsError({
            kind: 'malformed',
            method: 'GET',
            path,
            status: 200,
            detail: "the list's next page is not below the API's own address; it was not followed",
        });
    }
    return next.pathname.slice(base.pathname.length - 1) + next.search;
}

;// CONCATENATED MODULE: ./build/vps/retry.js
/** Tries of one request, the first included. */
const MAX_TRIES = 5;
const BASE_MS = 1000;
const CAP_MS = 20_000;
/** Failures after which nothing was carried out, whatever the method. */
const NOTHING_DONE = new Set(['refused', 'unresolved', 429]);
/** Failures that pass, after which repeating is harmless where the method changes nothing twice. */
const PASSING = new Set(['reset', 'cut', 'timeout', 'malformed', 408]);
/**
 * The retry table: method × what happened.
 *
 * A GET and a DELETE by id have the same effect once or twice. A POST is repeated only where the API cannot
 * have carried it out; everything else about it is for the caller to find out (design §3.2, §3.5).
 */
function mayRetry(method, happening) {
    if (NOTHING_DONE.has(happening))
        return true;
    if (method === 'POST')
        return false;
    return PASSING.has(happening) || (typeof happening === 'number' && happening >= 500);
}
/**
 * Milliseconds before try number `tries + 1`: what the API asked for, else exponential with full jitter.
 * `random` is in [0, 1); `fixed` is the user's `poll_interval`, which stands for every pause of ours.
 */
function retryDelay(tries, retryAfter, random, fixed) {
    if (retryAfter !== undefined)
        return retryAfter;
    return fixed ?? random * Math.min(CAP_MS, BASE_MS * 2 ** tries);
}
/** `Retry-After` in milliseconds: seconds or a date; `undefined` where it is absent or unreadable. */
function parseRetryAfter(value, now) {
    const text = value?.trim() ?? '';
    if (/^\d{1,9}$/.test(text))
        return Number(text) * 1000;
    if (!/^[A-Z][a-z]{2}, /.test(text))
        return undefined;
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

;// CONCATENATED MODULE: ./build/vps/transport.js
/** One HTTP exchange, without an opinion on what its status means. */
class TransportError extends Error {
    name = 'TransportError';
    kind;
    constructor(kind, message, options) {
        super(message, options);
        this.kind = kind;
    }
}

;// CONCATENATED MODULE: ./build/vps/client.js




/** Time for one try (design §4; the vendor's clients use the same [C]). */
const client_TRY_MS = 30_000;
/** How long a change in flight is waited for after a cancel, so that its id can be saved (design §3.2). */
const GRACE_MS = 5_000;
/** The client: deadlines, retries by the table, schema checks and one kind of error round a transport. */
function createClient(options) {
    const { clock } = options;
    const grace = graceAfter(options.cancelled, clock);
    /** The API asked not to be asked before; it holds for all calls, also for those that come later. */
    let notBefore = 0;
    return async (call) => {
        let last;
        for (let tries = 1;; tries += 1) {
            if (notBefore >= call.until)
                throw failure(call, 'deadline', { cause: last }, 'the API asked to wait longer');
            if (notBefore > clock.now())
                await clock.sleep(notBefore - clock.now(), options.cancelled);
            if (options.cancelled.aborted)
                throw failure(call, 'cancelled', { cause: last });
            const remaining = call.until - clock.now();
            if (remaining <= 0)
                throw last ?? failure(call, 'deadline');
            const result = await sendOnce(options, call, Math.min(client_TRY_MS, remaining), grace);
            if ('answer' in result)
                return result.answer;
            last = result.error;
            if (last.retryAfter !== undefined)
                notBefore = Math.max(notBefore, clock.now() + last.retryAfter);
            if (tries >= MAX_TRIES || !mayRetry(call.method, happeningOf(last)))
                throw withTries(last, tries);
            const delay = retryDelay(tries, last.retryAfter, options.random(), options.retryPause);
            if (clock.now() + delay >= call.until)
                throw withTries(last, tries);
            await clock.sleep(delay, options.cancelled);
        }
    };
}
async function sendOnce(options, call, timeoutMs, grace) {
    const { clock } = options;
    const begun = clock.now();
    const note = (outcome) => {
        options.debug(`${call.method} ${call.path} ${outcome} ${Math.round(clock.now() - begun)} ms`);
    };
    try {
        const response = await options.transport({
            method: call.method,
            url: options.apiUrl + call.path,
            headers: {
                authorization: `Bearer ${options.token}`,
                accept: 'application/json',
                'content-type': 'application/json',
            },
            ...(call.body && { body: JSON.stringify(call.body) }),
            timeoutMs,
            signal: call.method === 'GET' ? options.cancelled : grace,
        });
        note(response.status);
        // An API may repeat the token in an error; from here on it would be a text like any other.
        const body = response.body.replaceAll(options.token, '***');
        return readAnswer(call, { ...response, body }, clock);
    }
    catch (error) {
        if (!(error instanceof TransportError))
            throw error;
        note(error.kind);
        return { error: failure(call, client_kindOf(call.method, error.kind), { cause: error }) };
    }
}
function readAnswer(call, response, clock) {
    const { status, headers, body } = response;
    const date = Date.parse(headers['date'] ?? '');
    const now = Number.isNaN(date) ? null : date;
    if (status < 200 || status >= 300) {
        const retryAfter = parseRetryAfter(headers['retry-after'], now ?? clock.wall());
        const fields = {
            kind: 'http',
            method: call.method,
            path: call.path,
            status,
            detail: parseDetail(body),
            retryAfter,
        };
        return { error: new errors_VpsError(fields) };
    }
    try {
        return { answer: { value: call.read(response), now } };
    }
    catch (cause) {
        if (!(cause instanceof SchemaError))
            throw cause;
        return {
            error: new errors_VpsError({
                kind: 'malformed',
                method: call.method,
                path: call.path,
                status,
                detail: cause.message,
            }),
        };
    }
}
function failure(call, kind, options, detail) {
    return new errors_VpsError({ kind, method: call.method, path: call.path, detail }, options);
}
/** The same error, saying how often it was met. */
function withTries(error, tries) {
    if (tries === 1)
        return error;
    const { kind, method, path, status, detail, retryAfter } = error;
    return new errors_VpsError({ kind, method, path, status, detail, retryAfter, tries }, { cause: error.cause });
}
/** A change that was given up half-way may have been carried out: that is a lost answer, not a cancel. */
function client_kindOf(method, kind) {
    if (kind !== 'aborted')
        return kind;
    return method === 'GET' ? 'cancelled' : 'reset';
}
function happeningOf(error) {
    return error.kind === 'http' ? (error.status ?? 0) : error.kind;
}
/** Aborted {@link GRACE_MS} after `cancelled`. */
function graceAfter(cancelled, clock) {
    const grace = new AbortController();
    const end = async () => {
        await clock.sleep(GRACE_MS);
        grace.abort();
    };
    cancelled.addEventListener('abort', () => void end(), { once: true });
    return grace.signal;
}

;// CONCATENATED MODULE: ./build/vps/clock.js
/** Longest time in milliseconds that a timer of the runtime takes; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

;// CONCATENATED MODULE: ./build/vps/http.js



/** Bodies above this are not read (design §4). */
const BODY_LIMIT = 10 * 1024 * 1024;
/**
 * The transport over sockets. `@actions/http-client` brings proxies and certificates as users expect them from an
 * action; three of its traps are closed here: its body readers never settle on a cut body, its socket time-out
 * restarts with every byte, and its redirects take the token along.
 */
function createHttpTransport(userAgent) {
    return async (request) => {
        const timeout = AbortSignal.timeout(Math.ceil(Math.min(Math.max(1, request.timeoutMs), LONGEST_TIMER)));
        const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
        const client = new HttpClient(userAgent, [new Interrupter(signal, userAgent === undefined)], {
            allowRedirects: false,
        });
        try {
            const answer = client.request(request.method, request.url, request.body ?? '', { ...request.headers });
            const response = await Promise.race([answer, rejectOnAbort(signal)]);
            return await readResponse(response, request.statusOnly === true);
        }
        catch (error) {
            throw toTransportError(error, request, timeout);
        }
        finally {
            client.dispose();
        }
    };
}
/** A proxy that hangs gives the request no socket to abort, so that the request alone would never settle. */
function rejectOnAbort(signal) {
    return new Promise((_resolve, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted)
            abort();
        signal.addEventListener('abort', abort, { once: true });
    });
}
/** Hands the deadline to the request itself, which is the only way to end one that hangs in its body. */
class Interrupter {
    #signal;
    #anonymous;
    constructor(signal, anonymous) {
        this.#signal = signal;
        this.#anonymous = anonymous;
    }
    prepareRequest(options) {
        options.signal = this.#signal;
        // The library adds the runner's orchestration id to an agent name even where there is none.
        if (this.#anonymous && options.headers)
            delete options.headers['user-agent'];
        // The library passes `[::1]` with its brackets on to the resolver.
        if (options.host?.startsWith('['))
            options.host = options.host.slice(1, -1);
    }
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return Promise.reject(new Error('no authentication is negotiated'));
    }
}
async function readResponse({ message }, statusOnly) {
    const status = message.statusCode ?? 0;
    const headers = {};
    for (const [name, value] of Object.entries(message.headers)) {
        if (value !== undefined)
            headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    if (statusOnly) {
        message.destroy();
        return { status, headers, body: '' };
    }
    if (Number(headers['content-length'] ?? 0) > BODY_LIMIT)
        throw tooLarge(message);
    const chunks = [];
    let size = 0;
    for await (const chunk of message) {
        size += chunk.length;
        if (size > BODY_LIMIT)
            throw tooLarge(message);
        chunks.push(chunk);
    }
    if (!message.complete)
        throw new TransportError('cut', 'the body ended early');
    return { status, headers, body: Buffer.concat(chunks).toString('utf8') };
}
function tooLarge(message) {
    message.destroy();
    return new TransportError('too_large', `the body is larger than ${BODY_LIMIT} bytes`);
}
/** Failures while the connection was being made, before anything was sent; later ones are lost connections. */
const KINDS = new Map([
    ['connect ECONNREFUSED', 'refused'],
    ['connect EHOSTUNREACH', 'refused'],
    ['connect ENETUNREACH', 'refused'],
    ['getaddrinfo ENOTFOUND', 'unresolved'],
    ['getaddrinfo EAI_AGAIN', 'unresolved'],
]);
/** What became of the exchange; an error that no socket gave is a mistake in the code and stays what it is. */
function toTransportError(error, request, timeout) {
    if (error instanceof TransportError)
        return error;
    const message = error instanceof Error ? error.message : String(error);
    if (request.signal?.aborted)
        return new TransportError('aborted', message, { cause: error });
    if (timeout.aborted)
        return new TransportError('timeout', `no answer in ${Math.ceil(request.timeoutMs)} ms`, { cause: error });
    const kind = http_kindOf(error);
    return kind === null ? error : new TransportError(kind, message, { cause: error });
}
function http_kindOf(error) {
    // A host with several addresses fails with one error for each of them.
    const inner = error instanceof AggregateError ? error.errors[0] : error;
    const { code, syscall } = inner;
    if (typeof code !== 'string')
        return null;
    if (/^ERR_TLS|CERT|SIGNATURE/.test(code))
        return 'certificate';
    if (code.startsWith('ERR_') && !/^ERR_(SSL|STREAM|SOCKET)_/.test(code))
        return null;
    return KINDS.get(`${String(syscall)} ${code}`) ?? 'reset';
}

;// CONCATENATED MODULE: ./build/entry/start.js













const USER_AGENT = 'vps-snapshot-action/1';
const clock = {
    now: () => performance.now(),
    wall: () => Date.now(),
    async sleep(ms, signal) {
        try {
            await (0,external_node_timers_promises_namespaceObject.setTimeout)(Math.min(ms, LONGEST_TIMER), undefined, signal && { signal });
        }
        catch {
            // Aborted: the sleeper looks at the signal itself.
        }
    },
};
function createShell() {
    const runner = createRunner();
    return { job: readJob(process.env), runner, log: createLog(runner, clock) };
}
/** Everything a use case needs, wired to the real world. */
function connect(shell, connection, cancelled) {
    const { log, job, runner } = shell;
    const { apiUrl, apiToken, pollInterval } = connection;
    runner.hide(apiToken);
    const send = createClient({
        apiUrl,
        token: apiToken,
        transport: createHttpTransport(USER_AGENT),
        clock,
        random: Math.random,
        retryPause: pollInterval ?? null,
        debug: (line) => log.debug(line),
        cancelled,
    });
    return {
        ...shell,
        clock,
        api: createApi(send, apiUrl),
        health: createHttpTransport(undefined),
        newKey: external_node_crypto_namespaceObject.randomUUID,
        evidence: createEvidence(job, apiUrl),
        cancelled,
    };
}
const NOTHING_FOLLOWS = 'Nothing new was sent after that; what was requested before stands in the log.';
/** An abandoned request or timer must not hold a step that has said its last word. */
const LINGER_MS = 250;
/**
 * Runs a step to its end. The exit code is 1 from the start and becomes 0 only where the step says so: whatever
 * ends the process early, a promise that never settles included, ends it red. All that is thrown becomes one
 * annotation.
 */
async function run(body, options = {}) {
    process.exitCode = 1;
    const shell = createShell();
    const cancelled = new AbortController();
    const onSignal = () => {
        if (options.ignoreSignals !== true)
            cancelled.abort();
        else
            shell.log.info('A signal to stop was noted; the post step goes on to its end.');
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    try {
        await body(shell, cancelled.signal);
        if (cancelled.signal.aborted)
            throw new CancelledError();
    }
    catch (error) {
        process.exitCode = 1;
        tellFailure(error, shell, cancelled.signal.aborted ? (options.whenCancelled ?? NOTHING_FOLLOWS) : null);
        if (error instanceof InputError)
            await summarizeMistakes(shell);
    }
    finally {
        setTimeout(() => process.exit(), LINGER_MS).unref();
    }
}
/** Mistakes in the inputs end a step before it has anything else to tell in a summary. */
async function summarizeMistakes({ log, runner }) {
    const headline = '❌ Wrong inputs, nothing was sent to VPS.org';
    await runner.writeSummary(renderSummary({ headline, alerts: log.alerts() }));
}
function tellFailure(error, { log }, whenCancelled) {
    if (error instanceof ToldError)
        return log.debug(error.message);
    const { title, text, command } = alertOf(error);
    if (whenCancelled !== null) {
        if (!(error instanceof CancelledError))
            log.info(text);
        return log.error('Cancelled', `The job was cancelled. ${whenCancelled}`);
    }
    log.error(title, text, command);
    if (error instanceof Error)
        log.debug(error.stack ?? '');
}

;// CONCATENATED MODULE: ./build/entry/post.js





void run(async (shell, cancelled) => {
    const inputs = readPostInputs();
    const { apiToken, githubToken } = inputs;
    const notice = createNotice(githubToken, shell);
    await post(loadState(shell.job.origin), inputs, shell, ({ apiUrl, pollInterval }) => ({
        ...connect(shell, { apiToken, apiUrl, pollInterval }, cancelled),
        notice,
    }));
}, { ignoreSignals: true });

