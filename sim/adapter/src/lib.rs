//! Plugs in a vendor's part: a detector that is a program or a service, or a whole box. Whatever that part
//! does, the run goes on and the fault is counted.
