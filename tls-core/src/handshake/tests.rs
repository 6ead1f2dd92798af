mod rfc8448;
