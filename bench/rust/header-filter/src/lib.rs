//! What examples/stock-proxy-runtime does, written with the Rust SDK: logs the path, and adds the configuration as a header.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};
use std::rc::Rc;

proxy_wasm::main! {{
    // The SDK does not ask for the proxy's level: it sends each line from its own level on, and the proxy drops it.
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(AddHeaderRoot { greeting: Rc::from("") }));
}}

struct AddHeaderRoot {
    greeting: Rc<str>,
}

impl Context for AddHeaderRoot {}

impl RootContext for AddHeaderRoot {
    fn on_configure(&mut self, _size: usize) -> bool {
        match self.get_plugin_configuration().map(String::from_utf8) {
            Some(Ok(greeting)) => {
                self.greeting = Rc::from(greeting);
                true
            }
            _ => false,
        }
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        let greeting = Rc::clone(&self.greeting);
        Some(Box::new(AddHeader { greeting }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct AddHeader {
    greeting: Rc<str>,
}

impl Context for AddHeader {}

impl HttpContext for AddHeader {
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        if let Some(path) = self.get_http_request_header(":path") {
            log::info!("request for {path}");
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        self.add_http_response_header("hello", &self.greeting);
        Action::Continue
    }
}
