// Tells the pages that wait that somebody has signed in, and leaves.
new BroadcastChannel("thinkback-session").postMessage("signed-in");
if (window.opener) close();
