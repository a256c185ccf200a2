lint absent
