//! What AMI's messages mean.
