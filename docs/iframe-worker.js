// A page that is opened from a folder may start no worker: there the search runs in a frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      const told = (target, data) => target.dispatchEvent(new MessageEvent("message", { data }));
      inside.postMessage = (data) => told(this, data);
      this.postMessage = (data) => (this.waiting ? this.waiting.push(data) : told(inside, data));
      const script = inside.document.createElement("script");
      script.src = url;
      script.onload = () => {
        const waiting = this.waiting;
        this.waiting = null;
        waiting.forEach(this.postMessage);
      };
      inside.document.body.append(script);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
